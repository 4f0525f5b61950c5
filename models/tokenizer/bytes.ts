// The 256 bytes as printable characters, as GPT-2's byte-level tokenizers write them: printable Latin-1 stays, the rest is moved up from
// U+0100 in byte order (the space becomes Ġ). And the cutting of a text into the pieces inside which merges may happen: digits one by one,
// words with the space before them, runs of signs. It must cut as the pre-tokenizer named in files.ts does.

const isPrintable = (byte: number): boolean => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);

function makeAlphabet(): readonly string[] {
  let moved = 0;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : 256 + moved++));
}

/** byteSymbols[byte] is its character. */
export const byteSymbols: readonly string[] = makeAlphabet();

const piece = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?[^\s\p{L}\p{N}]+|\p{N}|\s+(?!\S)|\s+/gu;

/** The pieces of a text, in byte symbols. */
export const cut = (text: string): string[] =>
  text
    .split(/(\p{N})/u)
    .flatMap(part => part.match(piece) ?? [])
    .map(word => Array.from(Buffer.from(word, 'utf8'), byte => byteSymbols[byte]!).join(''));
