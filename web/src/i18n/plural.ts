type Forms = { readonly one?: string; readonly few?: string; readonly many?: string; readonly other: string };

/** Chooses the form of `count` by the language's own rules and writes the count, as the locale does, for `#`. */
export function plural(locale: string): (count: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(locale);
  const figures = new Intl.NumberFormat(locale);
  return (count, forms) => {
    const category = rules.select(count);
    const form = category === 'one' || category === 'few' || category === 'many' ? forms[category] : undefined;
    return (form ?? forms.other).replace('#', figures.format(count));
  };
}
