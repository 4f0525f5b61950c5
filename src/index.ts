// The public names, and nothing else. Importing this loads no native module: the engine comes with openEmbeddedPolicy's first call.
export { auditRun } from './checks/audit.ts';
export { type GateFinding, type GateOptions, type GateResult, gate } from './checks/gate.ts';
export { loadConfig } from './config/load.ts';
export { parseSettings } from './config/parse.ts';
export { type Resolved, resolvePlan } from './config/resolve.ts';
export { type Config, defineConfig, type Settings } from './config/schema.ts';
export { type Complaint, ConfigError, EngineError, Interrupted, ModelError, SandboxError, StoreError } from './errors.ts';
export type { RunOptions } from './loop/in-session.ts';
export type { EvaluationSettings, Plan } from './loop/plan.ts';
export { type RunResult, run } from './loop/run.ts';
export { type Verification, verifyRun } from './loop/verify-run.ts';
export type { Distinct, Memory, Method, Propose, Weigh } from './methods/method.ts';
export { METHODS } from './methods/table.ts';
export type { Evaluation, EvaluationFile, Interval, Measures } from './metrics/evaluation.ts';
export { type EmbeddedOptions, openEmbeddedPolicy } from './policy/embedded.ts';
export type {
  Fit,
  FitRow,
  FitSettings,
  Generation,
  Policy,
  SampleRequest,
  SamplingSettings,
  ScoreRow,
  StepReport,
} from './policy/policy.ts';
export type { Message, Prompt } from './prompt.ts';
export { writeReport } from './report/report.ts';
export { type Summary, summarise } from './report/summary.ts';
export type { TimedEvent } from './runs/events.ts';
export { defineTask, type Problem, type Split, type Task } from './tasks/task.ts';
export { asdiv, equationPrompts, gsm8k, mawps, svamp } from './tasks/word-problem-sets.ts';
export { type WordProblemsInput, wordProblems } from './tasks/word-problems.ts';
export { CONVENTIONS, RULES, type Rules, withConventions } from './verifiers/answers/conventions.ts';
export { judgeAnswer, referenceProblem } from './verifiers/answers/judge.ts';
export { answerVerifier } from './verifiers/answers/verifier.ts';
export { numberVerifier } from './verifiers/number.ts';
export { correct, failed, incorrect, unparsable, type Verdict, type Verifier } from './verifiers/verdict.ts';
