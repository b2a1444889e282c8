/** A run as the page follows it: record, manifest, events, series and vectors, kept up to date until closed. */

import { type Chunk, decode, type PointsChunk, type VectorsChunk } from "../api/arrow";
import { Problem } from "../api/http";
import { getEvents, getManifest, getRun, getTelemetry, getVectors, streamUrl, type Window } from "../api/runs";
import { source } from "../api/source";
import { type Connection, type Place, RunStream } from "../api/stream";
import { type AppliedEvent, type BestEvent, type DivergedEvent, type EarlyStoppedEvent, ENDED, type Manifest, type ReplicateEndedEvent, type RewoundEvent, type RunEvent, type RunRecord, type ScheduleWidenedEvent } from "../api/types";
import { Finer } from "./finer";
import { arrived } from "./latency";
import { askTelemetry, type Opening, takeOpening } from "./opening";
import { SeriesStore } from "./store";
import { VectorStore } from "./vectors";

export type Change = "record" | "manifest" | "events" | "data" | "loading" | "connection" | "problem";

/** Up to here a live run is streamed from its beginning: one round trip less. */
const SHORT = 200;

export class RunSession {
  readonly id: string;
  readonly series = new SeriesStore();
  readonly vectors = new VectorStore();
  record: RunRecord | null = null;
  manifest: Manifest | null = null;
  fairness: unknown = null;
  diverged: DivergedEvent[] = [];
  /** Replicates that stopped by themselves. */
  stopped: EarlyStoppedEvent[] = [];
  /** Each time an evaluation was a replicate's best so far, in order. */
  best: BestEvent[] = [];
  ended: ReplicateEndedEvent[] = [];
  /** Commands that took effect, in order. */
  applied: AppliedEvent[] = [];
  /** Where it began to measure less often, in order. */
  widened: ScheduleWidenedEvent[] = [];
  /** Where the run was taken up again, in order. */
  rewound: RewoundEvent[] = [];
  connection: Connection = "connecting";
  problem: Problem | null = null;

  /** Series that are looked at: those that are asked for where a part of the run shall be finer. */
  watched: () => readonly number[] = () => [];
  readonly finer: Finer;

  private readonly onchange: (what: Change) => void;
  private stream: RunStream | null = null;
  private lastEvent = 0;
  private closed = false;
  /** True while all vectors arrive by the stream; else they are fetched when they are looked at. */
  private complete = true;
  private readonly fetched = new Set<number>();
  /** Answers with data that are on their way. */
  private awaited = 0;

  constructor(id: string, onchange: (what: Change) => void) {
    this.id = id;
    this.onchange = (what): void => {
      if (!this.closed) onchange(what); // An answer may come after the page was left.
    };
    this.finer = new Finer({
      ask: (window) => this.askFiner(window),
      // What came by the stream is as fine as it gets, and what still comes in would end the finer view.
      series: () => (this.complete || this.record === null || !ENDED.has(this.record.state) ? [] : this.watched()),
      last: () => this.record?.step ?? 0,
      show: (chunk): void => {
        this.series.refine(chunk);
        this.onchange("data");
      },
      drop: (): void => {
        this.series.coarsen();
        this.onchange("data");
      },
    });
  }

  async start(): Promise<void> {
    window.addEventListener("online", this.reconnect);
    document.addEventListener("visibilitychange", this.reconnect);
    try {
      const ahead = takeOpening(this.id);
      const record = await (ahead?.record ?? getRun(this.id));
      this.setRecord(record);
      const whole = ENDED.has(record.state) || record.sequence > SHORT || !source.live;
      const from = whole ? await this.load(ahead ?? {}) : null;
      if (!this.closed) this.connect(from);
    } catch (error) {
      this.fail(error);
    }
  }

  close(): void {
    this.closed = true;
    this.stream?.close();
    window.removeEventListener("online", this.reconnect);
    document.removeEventListener("visibilitychange", this.reconnect);
  }

  /** Data were asked for and did not come yet: what is absent may only be late. */
  get loading(): boolean {
    return this.awaited > 0;
  }

  /** Fetches the vectors of these series where they did not come by the stream. */
  async ensureVectors(ids: readonly number[]): Promise<void> {
    const missing = this.complete ? [] : ids.filter((id) => !this.fetched.has(id));
    if (missing.length === 0) return;
    for (const id of missing) this.fetched.add(id);
    try {
      this.vectors.add(decode(await this.wait(getVectors(this.id, { series: missing }))) as VectorsChunk);
      this.onchange("data");
    } catch (error) {
      for (const id of missing) this.fetched.delete(id);
      if (error instanceof Problem && error.status === 404) this.setConnection("gone");
      else if (!(error instanceof Problem && error.unreachable)) throw error;
    }
  }

  /** Null where the server cannot be reached: the coarse points stay. */
  private async askFiner(window: Window): Promise<PointsChunk | null> {
    try {
      return decode(await getTelemetry(this.id, window)) as PointsChunk;
    } catch (error) {
      if (error instanceof Problem) return null;
      throw error;
    }
  }

  private connect(from: Place | null): void {
    this.stream = new RunStream({
      url: (place) => streamUrl(this.id, place, location.href),
      from,
      handlers: {
        onrecord: (record) => this.setRecord(record),
        onevent: (event, sequence) => this.take(event, sequence),
        onchunk: (chunk) => this.receive(chunk),
        onconnection: (connection) => this.setConnection(connection),
        reload: () => this.load(),
      },
    });
    this.stream.open();
  }

  /** Everything so far by the telemetry endpoints, and the place from which the stream goes on. */
  private async load(asked: Partial<Opening> = {}): Promise<Place> {
    const answers = [
      asked.manifest ?? getManifest(this.id),
      asked.telemetry ?? askTelemetry(this.id),
      asked.events ?? getEvents(this.id),
    ] as const;
    const [{ manifest, fairness }, bytes, events] = await this.wait(Promise.all(answers));
    if (manifest === null && asked.manifest !== undefined) return this.load(); // The run began in between.
    const chunk = decode(bytes);
    this.clear();
    this.complete = false;
    if (manifest !== null) this.setManifest(manifest, fairness);
    for (const { event, sequence } of events.events) this.take(event, sequence);
    if (chunk.kind === "points") this.series.add(chunk);
    this.onchange("data");
    this.finer.again();
    return { epoch: chunk.epoch, after: Math.min(chunk.sequence, events.sequence) };
  }

  private async wait<T>(answer: Promise<T>): Promise<T> {
    this.awaited += 1;
    this.onchange("loading");
    try {
      return await answer;
    } finally {
      this.awaited -= 1;
      // What came is taken in first.
      queueMicrotask(() => this.onchange("loading"));
    }
  }

  private clear(): void {
    this.series.clear();
    // Vectors stay until they are fetched again: what was observed does not change with the epoch.
    this.fetched.clear();
    this.diverged = [];
    this.stopped = [];
    this.best = [];
    this.ended = [];
    this.applied = [];
    this.widened = [];
    this.rewound = [];
    this.lastEvent = 0;
  }

  private receive(chunk: Chunk): void {
    if (chunk.kind === "vectors") this.vectors.add(chunk);
    else if (chunk.sequence === 0) this.series.replaceTail(chunk);
    else this.series.add(chunk);
    if (this.record?.state === "running") arrived(chunk.time);
    this.onchange("data");
  }

  private take(event: RunEvent, sequence: number): void {
    if (sequence <= this.lastEvent) return;
    this.lastEvent = sequence;
    if (event.type === "manifest") this.setManifest(event.manifest, event.fairness);
    else if (event.type === "rewound") this.rewind(event);
    else if (event.type === "applied") this.applied = [...this.applied, event];
    else if (event.type === "schedule_widened") this.widened = [...this.widened, event];
    else if (event.type === "diverged") this.diverged = [...this.diverged, event];
    else if (event.type === "early_stopped") this.stopped = [...this.stopped, event];
    else if (event.type === "best") this.best = [...this.best, event];
    else if (event.type === "replicate_ended") this.ended = [...this.ended, event];
    this.onchange("events");
  }

  /** The run was taken up again: what came after that step comes anew. */
  private rewind(rewound: RewoundEvent): void {
    const { step, live } = rewound;
    this.series.rewind(step);
    this.vectors.rewind(step);
    const left = (event: { arm: number; seed: number; step: number }): boolean =>
      event.step <= step && !live.some((one) => one.arm === event.arm && one.seed === event.seed);
    this.diverged = this.diverged.filter(left);
    this.stopped = this.stopped.filter(left);
    this.best = this.best.filter((event) => event.step <= step);
    this.ended = this.ended.filter(left);
    this.applied = this.applied.filter((event) => event.step <= step);
    this.widened = this.widened.filter((event) => event.step <= step);
    this.rewound = [...this.rewound.filter((event) => event.step <= step), rewound];
  }

  private setRecord(record: RunRecord): void {
    if (this.record !== null && record.version < this.record.version) return;
    this.record = record;
    this.onchange("record");
  }

  private setManifest(manifest: Manifest, fairness: unknown): void {
    this.manifest = manifest;
    this.fairness = fairness;
    this.onchange("manifest");
  }

  private setConnection(connection: Connection): void {
    this.connection = connection;
    if (connection === "gone") this.fail(new Problem(404, "gone", ""));
    this.onchange("connection");
  }

  private fail(error: unknown): void {
    if (this.closed) return;
    if (!(error instanceof Problem)) throw error;
    this.problem = error;
    this.onchange("problem");
    if (error.unreachable) setTimeout(() => void this.retry(), 1000);
  }

  private async retry(): Promise<void> {
    if (this.closed) return;
    this.problem = null;
    await this.start();
  }

  private readonly reconnect = (): void => {
    if (document.visibilityState === "visible" && this.connection === "offline") this.stream?.open();
  };
}
