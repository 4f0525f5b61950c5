import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapeHtml, html, visible } from './escape.ts';

test('markup in text stays text', () => {
  assert.equal(
    html`<p title="${'" onload="x'}">${'<script>alert(1)</script>'}</p>`.markup,
    '<p title="&quot; onload=&quot;x">&lt;script&gt;alert(1)&lt;/script&gt;</p>',
  );
});

test('our own markup goes in as it is, lists one after the other, null as nothing', () => {
  assert.equal(html`<ul>${['a', '<'].map(x => html`<li>${x}</li>`)}${null}${3}</ul>`.markup, '<ul><li>a</li><li>&lt;</li>3</ul>');
});

test('characters that act or hide are shown instead', () => {
  assert.equal(visible('a\u202Eb\u0007c\u001b[31md\u200be\u{E0041}'), 'a⟨202E⟩b⟨0007⟩c⟨001B⟩[31md⟨200B⟩e⟨E0041⟩');
  assert.equal(visible('line\r\nnext\tcell é 中 ½'), 'line\nnext\tcell é 中 ½');
  assert.equal(visible('lone \ud800 surrogate'), 'lone \ufffd surrogate');
});

test('no text whatever leaves a tag, a quote or a bare ampersand', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text => {
      const escaped = escapeHtml(text);
      assert.ok(!/[<>"'`]/.test(escaped));
      assert.ok(!/&(?!(amp|lt|gt|quot|#39|#96);)/.test(escaped));
      assert.ok(!/[\p{Cc}\p{Cf}]/u.test(escaped.replace(/[\t\n]/g, '')));
    }),
  );
});
