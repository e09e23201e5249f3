/** First names in three scripts, as a phone book of a port has them. */
export const NAMES = [
  'Γιώργος',
  'Μαρία',
  'Ελένη',
  'Νίκος',
  'Σοφία',
  'Anna',
  'Peter',
  'José',
  'Σταύρος',
  'Ирина',
  'Κώστας',
  'Thomas',
];
