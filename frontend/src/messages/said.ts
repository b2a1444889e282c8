/**
 * What the server said, in the page's language: its sentences are known by their form, and their numbers are put into
 * ours. A sentence that is not known stays as it is: better in English than not at all.
 */

import { has, t } from "./index";

/** `problem.<key>` and the form of the sentence; its named parts are the parameters. */
const SENTENCES: readonly (readonly [key: string, form: RegExp])[] = [
  ["launches", /^expected at most (?<limit>[\d,]+) launches an hour from one address, got (?<got>[\d,]+): try again in (?<minutes>\d+) minutes$/],
  ["open_runs", /^expected at most (?<limit>[\d,]+) runs that wait or train at the same time, got (?<got>[\d,]+): wait for one to end, or stop one$/],
  ["rooms", /^expected at most (?<limit>[\d,]+) open rooms, got one more: try again later$/],
  ["no_room", /^no room has the code '(?<code>[A-Z]+)', or not any more$/],
  ["not_leading", /^the token is not this room's$/],
  ["too_long", /^expected an estimated duration of at most (?<limit>[^:]+), got (?<got>[^:]+): reduce the steps, seeds, arms, widths or batch size, or evaluate less often$/],
  ["memory", /^expected at most (?<limit>[\d.,]+ [GM]B) of memory, got an estimated (?<got>[\d.,]+ [GM]B): reduce the widths, the depth, the arms, the seeds or the batch size$/],
  ["telemetry", /^expected at most (?<limit>[\d.,]+ [GM]B) of telemetry, got an estimated (?<got>[\d.,]+ [GM]B): reduce the seeds, arms or layers, or measure distributions less often$/],
  ["cells", /^(?<count>\d+) cells: (?<said>.+), or take fewer values$/],
  ["stopping", /^cannot (?<command>[a-z ]+): the run is stopping$/],
  ["state", /^cannot (?<command>[a-z ]+): the run is (?<state>[a-z]+)(?:, not paused|, neither running nor paused)?$/],
  ["no_checkpoint", /^cannot extend: the run has ended and left no checkpoint$/],
  ["nothing_to_fork", /^run [0-9a-f]{32} has no checkpoint to fork from: pause it, or wait for its first$/],
  ["not_ended", /^run [0-9a-f]{32} is (?<state>[a-z]+): stop it before you delete it$/],
  ["sweep_not_ended", /^sweep [0-9a-f]{32} has not ended: stop it before you delete it$/],
  ["cells_ended", /^cannot stop: all cells have ended$/],
  ["trial_ended", /^cannot stop: all runs of the trial have ended$/],
  ["script_fork", /^expected a run that a script can repeat from its spec alone, got one that goes on from step (?<step>[\d,]+) of another run, whose networks it has not$/],
  ["script_cuda", /^expected a run that a script can repeat from its spec alone, got one on a CUDA device, whose draws and rounding a CPU does not repeat$/],
  ["script_rate", /^expected a run that a script can repeat from its spec alone, got one that was told so while it ran: its learning rate was changed after step (?<step>[\d,]+)$/],
  ["script_steps", /^expected a run that a script can repeat from its spec alone, got one that was told so while it ran: steps were added after step (?<step>[\d,]+)$/],
  ["nothing_measured", /^expected a run that has measured something, got one that has not yet$/],
  ["arm_of_rate", /^cannot set the learning rate: expected an arm from 0 to (?<last>\d+), got (?<got>-?\d+)$/],
  ["most_steps", /^cannot extend: expected at most (?<most>[\d,]+) steps in all, got (?<got>[\d,]+)$/],
  ["extension", /^cannot extend: (?<said>expected .+)$/],
  ["checkpoint_gone", /^run [0-9a-f]{32} has no checkpoint at step (?<step>[\d,]+) any more$/],
  ["fork_step", /^expected a step with a checkpoint \((?<known>[\d, ]+)\), got (?<got>\d+): (?:the nearest below|the first) is \d+$/],
  ["no_run", /^no run has the id '(?<id>[^']*)'$/],
  ["no_sweep", /^no sweep has the id '(?<id>[^']*)'$/],
  ["no_trial", /^no trial has the id '(?<id>[^']*)'$/],
  ["no_claim", /^expected the id or number of a claim \((?<known>.+)\), got '(?<got>.*)'$/],
  ["claim_gone", /^trial [0-9a-f]{32} is of the claim (?<claim>.+), which this version does not have$/],
  ["claim_untried", /^expected a claim that was tried, got one that was not yet$/],
  ["no_pages", /^expected the built pages, got none: `make static` builds them$/],
  ["compacted", /^run [0-9a-f]{32} was compacted while it was exported: try again$/],
  ["unmeasured", /^run [0-9a-f]{32} has (?:stored|measured) nothing yet$/],
  ["launcher", /^the launcher (?:does not answer|cannot be used): (?<why>.+)$/],
  ["nothing_at", /^nothing is at (?<path>\S+)$/],
  ["no_method", /^(?<path>\/\S*) does not answer to (?<method>[A-Z]+)$/],
  ["fields", /^(?<count>\d+) fields are not as expected\.$/],
  ["fields_together", /^(?<count>\d+) fields cannot be combined like this\.$/],
  ["origin", /^expected the Origin of this server, got '(?<got>.*)': list it in NORMSCOPE_ORIGINS to allow it$/],
  ["host", /^expected a Host of this machine \(localhost, 127\.0\.0\.1\), got '(?<got>.*)': to serve under that name, list its origin in NORMSCOPE_ORIGINS$/],
  ["body", /^expected a body of at most (?<most>[\d,]+) bytes, got (?<got>[\d,]+) or more$/],
  ["mistake", /^the server made a mistake; its log says more$/],
];

export function said(sentence: string): string {
  for (const [key, form] of SENTENCES) {
    const parts = form.exec(sentence)?.groups ?? (form.test(sentence) ? {} : null);
    if (parts !== null) return t(`problem.${key}`, Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, word(name, part)])));
  }
  return sentence;
}

/** A part that is a word itself, as ours. */
function word(name: string, part: string): string {
  if (name === "said") return said(part);
  const key = name === "state" ? `shell.state.${part}` : `problem.command.${part}`;
  if (has(key)) return t(key).toLowerCase();
  return part.replace(/^([\d.,]+) (s|minutes|hours)$/, (_, amount: string, unit: string) => t("problem.amount", { amount, unit: t(`problem.unit.${unit}`) }));
}
