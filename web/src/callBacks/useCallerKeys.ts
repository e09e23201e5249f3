import type { CallBack } from '../api/types.ts';
import { moveFocus } from '../inbox/useRowKeys.ts';
import { useShortcuts } from '../keyboard/shortcuts.ts';
import { useWho } from '../shell/MeProvider.tsx';
import { focusBeside } from './focusBeside.ts';
import { useClosing } from './useClosing.ts';
import { useTaking } from './useTaking.ts';

/** `j` and `k` move the focus from caller to caller, `t` takes one or gives them back, `e` is done with them. */
export function useCallerKeys(callers: readonly CallBack[]): void {
  const { may } = useWho();
  const taking = useTaking();
  const closing = useClosing();
  const onFocused = (act: (caller: CallBack) => void) => () => {
    const id = document.querySelector('[data-entry]:focus')?.getAttribute('data-entry');
    const caller = callers.find(({ last }) => last.id === id);
    if (caller && caller.closed === null) act(caller);
  };
  useShortcuts({
    j: () => moveFocus(1),
    k: () => moveFocus(-1),
    ...(may.write && {
      t: onFocused((caller) => taking.mutate(caller)),
      e: onFocused((caller) => {
        focusBeside(caller.last.id);
        closing.close([caller.id]);
      }),
    }),
  });
}
