/** Audits one trace: reads its steps, replays them, labels each, and scores the whole. */
import {
  type Family,
  type Judge,
  type Judgement,
  type Node,
  CLASS_OF,
  type Label,
  type Statement,
} from "../search/index.ts";
import { loopedSteps } from "./loops.ts";
import { necessary } from "./necessity.ts";
import { surfacesOf } from "./surfaces.ts";
import { failedSteps, walkTree, type Passage, type WalkTree } from "./tree.ts";
import {
  AUDIT_VERSION,
  type Audit,
  type AuditedStep,
  type Ending,
  type Finding,
  type Trace,
} from "./types.ts";

/** A step before the labels that need the whole trace. */
interface Draft {
  readonly statement: Statement;
  readonly judgement: Judgement;
  readonly findings: Finding[];
}

/** The audit, and the walk that pictures are drawn from. */
export interface AuditWithWalk {
  readonly audit: Audit;
  readonly walk: WalkTree;
}

/**
 * Audits one trace against its problem. Never throws for what stands in the text.
 *
 *
 *     const { audit } = auditTrace(searchFamily("game24"), { numbers: [4, 5, 6, 10] }, { text });
 *     console.log(audit.firstError, audit.steps[audit.firstError]?.findings);
 */
export function auditTrace<Problem>(
  family: Family<Problem>,
  problem: Problem,
  trace: Trace,
): AuditWithWalk {
  const { steps: statements, thinking } = surfacesOf(family, trace.text);
  const judge = family.judge(problem);
  const drafts = statements.map((statement) => draft(judge, statement));
  addRepeats(drafts);
  addUnthought(drafts, thinking, () => family.judge(problem));
  const ending = endingOf(drafts, trace);
  addMissingEnd(drafts, ending, judge);

  const passages = drafts.map(({ judgement: { kind, path = [] } }, step): Passage => ({
    step,
    kind,
    path,
  }));
  const walk = walkTree(judge.start, passages);
  const states: Node[] = [judge.start, ...passages.flatMap(({ path }) => path)];
  const necessary_T = necessary(states);
  const steps = finished(drafts, walk, necessary_T);
  const { goals, allGoals, covered, required } = judge.progress();
  const counted = steps.filter(
    ({ kind }) => kind === "visit" || kind === "return" || kind === "evaluate",
  );
  return {
    walk,
    audit: {
      version: AUDIT_VERSION,
      family: family.name,
      goalMode: family.goalMode(problem),
      ending,
      correct: judge.verdict(),
      firstError: steps.findIndex(({ findings }) => findings.length > 0),
      unparsable: steps.filter(({ kind }) => kind === "unparsable").length,
      steps,
      scores: {
        validity: share(counted, ({ value }) => value >= 0),
        effective: goals > 0,
        necessity: statements.length === 0 ? null : share([...necessary_T], (flag) => flag === 1),
        completeness: required === 0 ? null : covered / required,
        coverage: allGoals === 0 ? null : goals / allGoals,
        failedSteps: failedSteps(walk),
      },
    },
  };
}

function draft(judge: Judge, statement: Statement): Draft {
  if (statement.verb === "ELISION") {
    judge.elide();
    return { statement, judgement: { kind: "evaluate", faults: [] }, findings: [] };
  }
  const judgement: Judgement =
    statement.verb === "" ? { kind: "unparsable", faults: [] } : judge.step(statement);
  return { statement, judgement, findings: [...judgement.faults] };
}

/** Labels what is explored again: as part of a loop, or by itself. */
function addRepeats(drafts: readonly Draft[]): void {
  const said_T = drafts.map(({ statement: { verb, arguments: text, value }, judgement }) =>
    judgement.kind === "conclude" || judgement.kind === "unparsable"
      ? null
      : `${verb}(${text})=${value ?? ""}`,
  );
  const looped_T = loopedSteps(said_T);
  const first = new Map<string, number>();
  let looping = false;
  drafts.forEach(({ judgement: { explores, kind }, findings }, t) => {
    const earlier = explores === undefined ? undefined : first.get(explores);
    if (explores !== undefined && earlier === undefined) first.set(explores, t);
    // The return before a loop's second pass may belong to its first one.
    looping = looped_T[t] === 1 && (looping || kind !== "return");
    if (looping) {
      findings.push({
        label: "infinite self-loop",
        message: "repeats the same steps over and over",
      });
    } else if (earlier !== undefined && kind !== "return" && findings.length === 0) {
      // What is wrong already is no mere repetition.
      findings.push({ label: "state revisitation", message: `step ${earlier + 1} explored this` });
    }
  });
}

/** Steps of the answer block that the thinking never made. */
function addUnthought(
  drafts: readonly Draft[],
  thinking: readonly Statement[],
  judge: () => Judge,
): void {
  if (thinking.length === 0) return;
  const replay = judge();
  const made = new Set<string>();
  for (const statement of thinking) {
    if (statement.verb === "") continue;
    const { explores } = replay.step(statement);
    if (explores !== undefined) made.add(explores);
  }
  if (made.size === 0) return;
  for (const { judgement, findings } of drafts) {
    const { explores } = judgement;
    if (explores === undefined || made.has(explores)) continue;
    findings.push({ label: "unfaithful conclusion", message: "the thinking never made this step" });
  }
}

function endingOf(drafts: readonly Draft[], { finish }: Trace): Ending {
  if (drafts.some(({ judgement }) => judgement.kind === "conclude")) return "concluded";
  if (finish === "length") return "budget exhausted";
  return finish === "stop" ? "stopped" : "unknown";
}

/** A trace that stops by itself and concludes nothing has left out what remained. */
function addMissingEnd(drafts: readonly Draft[], ending: Ending, judge: Judge): void {
  const last = drafts.at(-1);
  if (ending !== "stopped" || !last) return;
  const { covered, required } = judge.progress();
  const message = `stops without a conclusion, with ${covered} of ${required} searched`;
  last.findings.push({ label: "procedure omission", message });
}

function finished(
  drafts: readonly Draft[],
  { nodes, visits }: WalkTree,
  necessary_T: Uint8Array,
): AuditedStep[] {
  const isNecessary = new Map<number, boolean>();
  const state = new Map<number, string>();
  visits.forEach(({ node, step }, i) => {
    isNecessary.set(step, (isNecessary.get(step) ?? false) || necessary_T[i] === 1);
    state.set(step, nodes[node]?.key ?? "");
  });
  return drafts.map(({ statement, judgement, findings }, index) => ({
    index,
    start: statement.start,
    end: statement.end,
    kind: statement.verb === "ELISION" ? "elision" : judgement.kind,
    state: state.get(index),
    findings,
    necessary: isNecessary.get(index),
    value: valueOf(findings.map(({ label }) => label)),
  }));
}

/** PRM800K's scale: −1 wrong, 0 no progress, 1 good. */
function valueOf(labels: readonly Label[]): -1 | 0 | 1 {
  if (labels.length === 0) return 1;
  return labels.every((label) => CLASS_OF[label] === "unnecessary") ? 0 : -1;
}

function share<T>(items: readonly T[], holds: (item: T) => boolean): number | null {
  return items.length === 0 ? null : items.filter(holds).length / items.length;
}
