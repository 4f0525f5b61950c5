# transformers_sample.py MODEL WORK PROMPTS: Hugging Face generate in float32, 64 rows a call (two prompts with their completions), padded on the left.
import json, resource, sys, time
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

PROMPTS_A_CALL = 2
path, file, part = sys.argv[1], sys.argv[2], int(sys.argv[3])
work = json.load(open(file))
settings = work["sampling"]
torch.set_num_threads(work["cores"])
torch.manual_seed(1)
tokenizer = AutoTokenizer.from_pretrained(path, padding_side="left")
tokenizer.pad_token_id = work["padId"]
model = AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32).eval()


def sample(texts, most):
    """Completion tokens, prompt tokens, texts."""
    tokens, given, said = 0, 0, []
    for at in range(0, len(texts), PROMPTS_A_CALL):
        batch = tokenizer(texts[at : at + PROMPTS_A_CALL], return_tensors="pt", padding=True, add_special_tokens=False)
        given += int(batch["attention_mask"].sum())
        with torch.inference_mode():
            out = model.generate(
                **batch, do_sample=True, temperature=settings["temperature"], top_k=settings["topK"], top_p=settings["topP"],
                max_new_tokens=most, num_return_sequences=settings["draws"], eos_token_id=work["endIds"], pad_token_id=work["padId"],
            )
        for row in out[:, batch["input_ids"].shape[1] :].tolist():
            end = next((i + 1 for i, token in enumerate(row) if token in work["endIds"]), len(row))
            tokens += end
            said.append(tokenizer.decode(row[:end], skip_special_tokens=True))
    return tokens, given, said


texts = [prompt["text"] for prompt in work["prompts"]]
sample(texts[-2:], 4)
began = time.perf_counter()
tokens, given, said = sample(texts[:part], settings["maxTokens"])
seconds = time.perf_counter() - began
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"tokens": tokens, "seconds": seconds, "completions": len(said), "promptTokens": given, "memory": memory}))
