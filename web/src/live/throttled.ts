/** Runs `work` at once, then at most every `ms`; what came meanwhile makes one more run. */
export function throttled(ms: number, work: () => void): { (): void; cancel(): void } {
  let timer: number | undefined;
  let again = false;
  const rest = () => {
    timer = undefined;
    if (again) run();
  };
  const run = () => {
    again = timer !== undefined;
    if (again) return;
    timer = window.setTimeout(rest, ms);
    work();
  };
  return Object.assign(run, { cancel: () => clearTimeout(timer) });
}
