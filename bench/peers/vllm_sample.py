# vllm_sample.py MODEL WORK PROMPTS: vLLM's CPU build in bfloat16, its threads bound to the cores, eager (nothing compiled), all prompts in one call.
import json, os, resource, sys, time

path, file, part = sys.argv[1], sys.argv[2], int(sys.argv[3])
work = json.load(open(file))
os.environ.setdefault("VLLM_CPU_OMP_THREADS_BIND", f"0-{work['cores'] - 1}")
os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", "4")
os.environ.setdefault("VLLM_LOGGING_LEVEL", "ERROR")


def main():
    from vllm import LLM, SamplingParams

    settings = work["sampling"]
    llm = LLM(model=path, dtype="bfloat16", enforce_eager=True, max_model_len=512, max_num_seqs=128, seed=1)

    def sample(texts, most):
        params = SamplingParams(
            n=settings["draws"], temperature=settings["temperature"], top_k=settings["topK"], top_p=settings["topP"],
            max_tokens=most, stop_token_ids=work["endIds"],
        )
        return llm.generate(texts, params, use_tqdm=False)

    texts = [prompt["text"] for prompt in work["prompts"]]
    sample(texts[-4:], 8)
    began = time.perf_counter()
    answers = sample(texts[:part], settings["maxTokens"])
    seconds = time.perf_counter() - began
    said = [output for answer in answers for output in answer.outputs]
    assert any(output.text for output in said)
    usage = [resource.getrusage(who).ru_maxrss * 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps({
        "tokens": sum(len(output.token_ids) for output in said), "seconds": seconds, "completions": len(said),
        "promptTokens": sum(len(answer.prompt_token_ids) for answer in answers), "memory": max(usage),
    }), flush=True)


if __name__ == "__main__":
    main()
