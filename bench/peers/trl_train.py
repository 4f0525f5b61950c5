# trl_train.py MODEL WORK STEPS WARM: TRL's SFTTrainer in float32 with its own defaults (gradient checkpointing among them), rows already cut into
# ids, in the order given. The clock starts after the first WARM steps.
import json, resource, sys, tempfile, time
import torch
from datasets import Dataset
from torch.utils.data import SequentialSampler
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback
from trl import SFTConfig, SFTTrainer

path, file, steps, warm = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
work = json.load(open(file))
fitting = work["fitting"]
torch.set_num_threads(work["cores"])
rows = [row for step in work["steps"][:steps] for row in step]
data = Dataset.from_list([
    {
        "input_ids": row["prompt"] + row["completion"],
        "completion_mask": [0] * len(row["prompt"]) + [1] * len(row["completion"]),
    }
    for row in rows
])


class InOrder(SFTTrainer):
    def _get_train_sampler(self, dataset=None):
        return SequentialSampler(dataset if dataset is not None else self.train_dataset)


class Clock(TrainerCallback):
    began = ended = 0.0

    def on_step_end(self, args, state, control, **rest):
        if state.global_step == warm:
            self.began = time.perf_counter()
        self.ended = time.perf_counter()


clock = Clock()
with tempfile.TemporaryDirectory() as folder:
    config = SFTConfig(
        output_dir=folder, use_cpu=True, bf16=False, fp16=False, max_steps=steps, per_device_train_batch_size=fitting["batchSize"],
        learning_rate=fitting["learningRate"], lr_scheduler_type="constant", weight_decay=fitting["weightDecay"],
        adam_beta1=fitting["beta1"], adam_beta2=fitting["beta2"], adam_epsilon=fitting["epsilon"], max_grad_norm=fitting["clip"],
        completion_only_loss=True, packing=False, logging_steps=1, save_strategy="no", report_to="none", disable_tqdm=True,
    )
    trainer = InOrder(
        model=AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32), args=config, train_dataset=data,
        processing_class=AutoTokenizer.from_pretrained(path), callbacks=[clock],
    )
    trainer.train()
losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
tokens = sum(len(row["completion"]) for step in work["steps"][warm:steps] for row in step)
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"tokens": tokens, "seconds": clock.ended - clock.began, "losses": losses, "memory": memory}))
