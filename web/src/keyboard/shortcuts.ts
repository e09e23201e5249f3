import { useLocalStorage } from '@mantine/hooks';
import { useEffect, useRef } from 'react';

/** Single keys can be switched off (WCAG 2.1.4): who dictates would trigger them by talking. */
export function useShortcutsEnabled() {
  return useLocalStorage({ key: 'commslog-shortcuts', defaultValue: true, getInitialValueInEffect: false });
}

/**
 * Runs what belongs to the pressed key; not while one types, holds a modifier or has a dialog open, or for those of a dialog
 * another one over it.
 */
export function useShortcuts(actions: Readonly<Record<string, () => void>>, of: 'page' | 'dialog' = 'page'): void {
  const [enabled] = useShortcutsEnabled();
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    if (!enabled) return;
    const press = (event: KeyboardEvent) => {
      const action = Object.hasOwn(latest.current, event.key) ? latest.current[event.key] : undefined;
      if (!action || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isBusy(of)) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [enabled, of]);
}

function isBusy(of: 'page' | 'dialog'): boolean {
  const typing = document.activeElement?.matches(
    'input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]',
  );
  const dialogs = document.querySelectorAll('[role=dialog]').length;
  return (
    typing === true ||
    dialogs > (of === 'page' ? 0 : 1) ||
    document.querySelector('[role=menu], [role=listbox]') !== null
  );
}
