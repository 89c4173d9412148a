/** The colours the demo shop sells things in. Pictures take all their tones from one of them. */

export const COLOURS = {
  Moss: '#6f8254',
  Pine: '#2f5a4c',
  Sea: '#4f8a93',
  Slate: '#5d7283',
  Ink: '#2f405a',
  Berry: '#93455f',
  Rust: '#bb5b38',
  Clay: '#c98262',
  Ochre: '#dba23c',
  Sand: '#d2b587',
  Oat: '#e6d8bd',
  Fog: '#b9c3c2',
} as const;

export type Colour = keyof typeof COLOURS;

/** What a motif paints with. */
export interface Palette {
  main: string;
  dark: string;
  deep: string;
  light: string;
  accent: string;
  wood: string;
  wood_dark: string;
  metal: string;
  metal_dark: string;
  cream: string;
  ink: string;
  ground: string;
  glow: string;
  far: string;
}

const ACCENTS: Partial<Record<Colour, string>> = {
  Rust: '#e7c27d',
  Clay: '#f0d9a8',
  Ochre: '#7c4a2d',
  Sand: '#9b5a3c',
  Oat: '#c07a4f',
};

/** The tones around one colour. */
export function paletteOf(colour: Colour): Palette {
  const main = COLOURS[colour];
  return {
    main,
    dark: mix(main, '#1d2528', 0.24),
    deep: mix(main, '#1d2528', 0.48),
    light: mix(main, '#ffffff', 0.3),
    accent: ACCENTS[colour] ?? '#e2a84b',
    wood: '#c39361',
    wood_dark: '#9a6d43',
    metal: '#ccd2d2',
    metal_dark: '#97a2a5',
    cream: '#f8f1e4',
    ink: '#323d40',
    ground: mix(main, '#f6f0e6', 0.8),
    glow: mix(main, '#fdf9f1', 0.9),
    far: mix(main, '#f6f0e6', 0.64),
  };
}

/** Blends two `#rrggbb` colours; `share` of the second. */
export function mix(first: string, second: string, share: number): string {
  const blended = [1, 3, 5].map((at) => {
    const from = parseInt(first.slice(at, at + 2), 16);
    const to = parseInt(second.slice(at, at + 2), 16);
    return Math.round(from + (to - from) * share)
      .toString(16)
      .padStart(2, '0');
  });
  return `#${blended.join('')}`;
}
