# torch_train.py MODEL WORK STEPS WARM fp32|bf16: the loop that a person writes first: padded rows, all logits, cross-entropy on the completions, clip,
# AdamW; bf16 is torch.autocast. The clock starts after the first WARM steps.
import json, resource, sys, time
import torch
from transformers import AutoModelForCausalLM

path, file, steps, warm, kind = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
work = json.load(open(file))
fitting = work["fitting"]
torch.set_num_threads(work["cores"])
model = AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32).train()
model.config.use_cache = False
optimizer = torch.optim.AdamW(
    model.parameters(), lr=fitting["learningRate"], betas=(fitting["beta1"], fitting["beta2"]), eps=fitting["epsilon"],
    weight_decay=fitting["weightDecay"],
)


def padded(rows):
    """ids, mask of attention, labels; padding on the right."""
    width = max(len(row["prompt"]) + len(row["completion"]) for row in rows)
    ids = torch.full((len(rows), width), work["padId"])
    mask = torch.zeros((len(rows), width), dtype=torch.long)
    labels = torch.full((len(rows), width), -100)
    for i, row in enumerate(rows):
        known, end = len(row["prompt"]), len(row["prompt"]) + len(row["completion"])
        ids[i, :end] = torch.tensor(row["prompt"] + row["completion"])
        mask[i, :end] = 1
        labels[i, known:end] = ids[i, known:end]
    return ids, mask, labels


losses, tokens, began = [], 0, time.perf_counter()
for step, rows in enumerate(work["steps"][:steps]):
    if step == warm:
        began = time.perf_counter()
    ids, mask, labels = padded(rows)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=kind == "bf16"):
        logits = model(input_ids=ids, attention_mask=mask).logits
    loss = torch.nn.functional.cross_entropy(logits[:, :-1].float().flatten(0, 1), labels[:, 1:].flatten())
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), fitting["clip"])
    optimizer.step()
    optimizer.zero_grad()
    losses.append(loss.item())
    if step >= warm:
        tokens += int((labels != -100).sum())
seconds = time.perf_counter() - began
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"tokens": tokens, "seconds": seconds, "losses": losses, "memory": memory}))
