import { DirectionProvider, useDirection } from '@mantine/core';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { type Dictionary, en } from './en.ts';
import { LANGUAGES, type LanguageTag, preferredLanguage, rememberLanguage } from './languages.ts';

type Spoken = {
  readonly t: Dictionary;
  /** for Intl: the browser's own variant of the language when it has one (`en-GB`) */
  readonly locale: string;
  readonly tag: LanguageTag;
  choose(tag: LanguageTag): void;
};

const Language = createContext<Spoken>({ t: en, locale: 'en', tag: 'en', choose: () => {} });

export function useLanguage(): Spoken {
  return useContext(Language);
}

export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  return (
    <DirectionProvider>
      <Provide>{children}</Provide>
    </DirectionProvider>
  );
}

function Provide({ children }: { readonly children: ReactNode }) {
  const [tag, setTag] = useState(preferredLanguage);
  const [loaded, setLoaded] = useState<{ tag: LanguageTag; t: Dictionary }>({ tag: 'en', t: en });
  const { setDirection } = useDirection();

  useEffect(() => {
    let wanted = true;
    void LANGUAGES[tag].load().then((t) => wanted && setLoaded({ tag, t }));
    return () => {
      wanted = false;
    };
  }, [tag]);

  useEffect(() => {
    document.documentElement.lang = loaded.tag;
    setDirection(LANGUAGES[loaded.tag].direction);
  }, [loaded.tag, setDirection]);

  const spoken = useMemo(
    (): Spoken => ({
      t: loaded.t,
      locale: navigator.languages.find((one) => one.split('-')[0] === loaded.tag) ?? loaded.tag,
      tag,
      choose(chosen) {
        rememberLanguage(chosen);
        setTag(chosen);
      },
    }),
    [loaded, tag],
  );
  return <Language value={spoken}>{children}</Language>;
}
