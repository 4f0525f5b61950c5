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
  /** By the setting of the task that names them: train, test, shotsFile. Empty where the Hub has none. */
  readonly files: Readonly<Record<string, Source>>;
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
    files: {
      train: { repo: math.repo, files: math.train },
      test: { repo: math.repo, files: math.test },
    },
    task: { kind: 'math', name: 'math', unjudgeable: 'skip' },
  },
  'math-500': {
    about: 'MATH-500 as the test set; to train on, the 7,500 of MATH',
    columns: 'problem, solution, answer, subject, level',
    files: {
      train: { repo: math.repo, files: math.train },
      test: { repo: 'HuggingFaceH4/MATH-500', files: /^test\.jsonl$|test-.*\.parquet$/ },
    },
    task: { kind: 'math', name: 'math-500', unjudgeable: 'skip' },
  },
  gsm8k: {
    about: 'GSM8K: 7,473 to train on, 1,319 to test',
    columns: 'question, answer',
    files: {
      train: { repo: gsm8k, files: /^main\/train-.*\.parquet$/ },
      test: { repo: gsm8k, files: /^main\/test-.*\.parquet$/ },
    },
    task: { kind: 'word-problems', set: 'gsm8k' },
  },
  svamp: {
    about: 'SVAMP: one-step problems with traps, 700 and 300',
    columns: 'Body, Question, Answer, Equation, Type, ID',
    files: {
      train: { repo: 'ChilleD/SVAMP', files: /^data\/train-.*\.parquet$/ },
      test: { repo: 'ChilleD/SVAMP', files: /^data\/test-.*\.parquet$/ },
    },
    task: { kind: 'word-problems', set: 'svamp' },
  },
  asdiv: {
    about: 'ASDiv: 2,305 problems of primary school, one split (validation): divide it yourself',
    columns: 'body, question, solution_type, answer, formula',
    files: {
      test: { repo: 'EleutherAI/asdiv', files: /validation-.*\.parquet$/ },
    },
    task: { kind: 'word-problems', set: 'asdiv' },
  },
  mawps: {
    about: 'MAWPS: from local files only; the copies on the Hub differ in their columns',
    columns: 'input, target, type',
    files: {},
    task: { kind: 'word-problems', set: 'mawps' },
  },
  hungarian: {
    about: 'the Hungarian national high-school finals in mathematics of 2023: 33 questions, graded by hand (data sheet)',
    columns: 'problem or question',
    files: {
      test: { repo: 'keirp/hungarian_national_hs_finals_exam', files: /(?:^|\/)(?:test|exam)\.csv$/ },
    },
    task: null,
  },
  humaneval: {
    about: 'HumanEval: 164 functions to complete',
    columns: 'task_id, prompt, canonical_solution, test, entry_point',
    files: {
      test: { repo: 'openai/openai_humaneval', files: /^openai_humaneval\/test-.*\.parquet$/ },
    },
    task: { kind: 'humaneval' },
  },
  mbpp: {
    about: 'MBPP, the full set: 374 to train on, 500 to test',
    columns: 'task_id, text, code, test_list, test_setup_code, challenge_test_list',
    files: {
      train: { repo: mbpp, files: /^full\/train-.*\.parquet$/ },
      test: { repo: mbpp, files: /^full\/test-.*\.parquet$/ },
      shotsFile: { repo: mbpp, files: /^full\/prompt-.*\.parquet$/ },
    },
    task: { kind: 'mbpp' },
  },
  'mbpp-sanitized': {
    about: 'MBPP, read over by hand: 120 to train on, 257 to test',
    columns: 'source_file, task_id, prompt, code, test_imports, test_list',
    files: {
      train: { repo: mbpp, files: /^sanitized\/train-.*\.parquet$/ },
      test: { repo: mbpp, files: /^sanitized\/test-.*\.parquet$/ },
      shotsFile: { repo: mbpp, files: /^sanitized\/prompt-.*\.parquet$/ },
    },
    task: { kind: 'mbpp', name: 'mbpp-sanitized' },
  },
  apps: {
    about: 'APPS: programs judged by their input and output, 5,000 and 5,000',
    columns: 'problem_id, question, solutions, input_output, difficulty, starter_code',
    files: {
      train: { repo: 'codeparrot/apps', files: /^train\.jsonl$/ },
      test: { repo: 'codeparrot/apps', files: /^test\.jsonl$/ },
    },
    task: { kind: 'apps' },
  },
};
