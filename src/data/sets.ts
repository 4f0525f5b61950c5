// The data sets we know by name: where on the Hub, which files are which split, and what task their columns make. Ids and columns
// as their pages say; licences are their owners' to state. A set that is not here is pulled by its id (owner/name) and used by local files.

export interface Source {
  /** owner/name on the Hub. */
  readonly repo: string;
  /** The files of the split, by their names in the repository. */
  readonly files: RegExp;
}

export interface DataSet {
  readonly about: string;
  readonly columns: string;
  readonly train?: Source;
  readonly test?: Source;
  /** Settings of the task that reads it, without its files; null for a set that is no task by itself. */
  readonly task: Readonly<Record<string, unknown>> | null;
}

const math = { repo: 'EleutherAI/hendrycks_math', train: /^[^/]+\/train-.*\.parquet$/, test: /^[^/]+\/test-.*\.parquet$/ };

const gsm8k = 'openai/gsm8k';
const mbpp = 'google-research-datasets/mbpp';

export const DATA_SETS: Readonly<Record<string, DataSet>> = {
  math: {
    about: 'Hendrycks MATH, 7 subjects, 5 levels: 7,500 to train on, 5,000 to test',
    columns: 'problem, solution, level, type',
    train: { repo: math.repo, files: math.train },
    test: { repo: math.repo, files: math.test },
    task: { kind: 'math', name: 'math' },
  },
  'math-500': {
    about: 'MATH-500 as the test set; to train on, the 7,500 of MATH',
    columns: 'problem, solution, answer, subject, level',
    train: { repo: math.repo, files: math.train },
    test: { repo: 'HuggingFaceH4/MATH-500', files: /^test\.jsonl$|test-.*\.parquet$/ },
    task: { kind: 'math', name: 'math-500' },
  },
  gsm8k: {
    about: 'GSM8K: 7,473 to train on, 1,319 to test',
    columns: 'question, answer',
    train: { repo: gsm8k, files: /^main\/train-.*\.parquet$/ },
    test: { repo: gsm8k, files: /^main\/test-.*\.parquet$/ },
    task: { kind: 'word-problems', set: 'gsm8k' },
  },
  svamp: {
    about: 'SVAMP: one-step problems with traps, 700 and 300',
    columns: 'Body, Question, Answer, Equation, Type, ID',
    train: { repo: 'ChilleD/SVAMP', files: /^data\/train-.*\.parquet$/ },
    test: { repo: 'ChilleD/SVAMP', files: /^data\/test-.*\.parquet$/ },
    task: { kind: 'word-problems', set: 'svamp' },
  },
  asdiv: {
    about: 'ASDiv: 2,305 problems of primary school, one split (validation): divide it yourself',
    columns: 'body, question, solution_type, answer, formula',
    test: { repo: 'EleutherAI/asdiv', files: /validation-.*\.parquet$/ },
    task: { kind: 'word-problems', set: 'asdiv' },
  },
  mawps: {
    about: 'MAWPS: from local files only; the copies on the Hub differ in their columns',
    columns: 'input, target, type',
    task: { kind: 'word-problems', set: 'mawps' },
  },
  hungarian: {
    about: 'the Hungarian national high-school finals in mathematics of 2023: 33 questions, graded by hand (data sheet)',
    columns: 'problem or question',
    test: { repo: 'keirp/hungarian_national_hs_finals_exam', files: /(?:^|\/)(?:test|exam)\.csv$/ },
    task: null,
  },
  humaneval: {
    about: 'HumanEval: 164 functions to complete',
    columns: 'task_id, prompt, canonical_solution, test, entry_point',
    test: { repo: 'openai/openai_humaneval', files: /^openai_humaneval\/test-.*\.parquet$/ },
    task: null,
  },
  mbpp: {
    about: 'MBPP, the full set: 374 to train on, 500 to test',
    columns: 'task_id, text, code, test_list, test_setup_code, challenge_test_list',
    train: { repo: mbpp, files: /^full\/train-.*\.parquet$/ },
    test: { repo: mbpp, files: /^full\/test-.*\.parquet$/ },
    task: null,
  },
  'mbpp-sanitized': {
    about: 'MBPP, read over by hand: 120 to train on, 257 to test',
    columns: 'source_file, task_id, prompt, code, test_imports, test_list',
    train: { repo: mbpp, files: /^sanitized\/train-.*\.parquet$/ },
    test: { repo: mbpp, files: /^sanitized\/test-.*\.parquet$/ },
    task: null,
  },
  apps: {
    about: 'APPS: programs judged by their input and output, 5,000 and 5,000',
    columns: 'problem_id, question, solutions, input_output, difficulty, starter_code',
    train: { repo: 'codeparrot/apps', files: /^train\.jsonl$/ },
    test: { repo: 'codeparrot/apps', files: /^test\.jsonl$/ },
    task: null,
  },
};
