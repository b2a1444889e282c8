/** Short messages at the edge of the screen: what was done, and how to undo it. */

export interface ToastAction {
  label: string;
  run: () => void;
}

export interface Toast {
  id: number;
  text: string;
  tone: "plain" | "failed";
  action: ToastAction | null;
}

export interface ToastOptions {
  tone?: Toast["tone"];
  action?: ToastAction;
  /** Seconds until it goes by itself. */
  seconds?: number;
  /** Called once when it goes, however it goes, unless its action was taken. */
  ongone?: () => void;
}

class Toasts {
  list: Toast[] = $state([]);
  #next = 1;
  #gone = new Map<number, () => void>();

  /** Shows `text`; returns the number that `dismiss` takes. */
  show(text: string, options: ToastOptions = {}): number {
    const id = this.#next++;
    this.list.push({ id, text, tone: options.tone ?? "plain", action: options.action ?? null });
    const timer = setTimeout(() => this.dismiss(id), (options.seconds ?? 6) * 1000);
    this.#gone.set(id, () => {
      clearTimeout(timer);
      options.ongone?.();
    });
    return id;
  }

  dismiss(id: number): void {
    const gone = this.#gone.get(id);
    this.#gone.delete(id);
    this.list = this.list.filter((toast) => toast.id !== id);
    gone?.();
  }

  /** Takes the toast's action; it goes without `ongone`. */
  act(id: number): void {
    const action = this.list.find((toast) => toast.id === id)?.action;
    this.#gone.delete(id);
    this.list = this.list.filter((toast) => toast.id !== id);
    action?.run();
  }
}

export const toasts = new Toasts();
