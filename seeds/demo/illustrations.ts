/** Draws the demo shop's pictures, so that they are ours, small, and match each other. */
import sharp from 'sharp';
import { paletteOf, type Colour, type Palette } from './colours.ts';
import { box, disc, mirrored, shape } from './drawing.ts';
import { CLOTHING_MOTIFS } from './motifs-clothing.ts';
import { HOME_MOTIFS } from './motifs-home.ts';
import { OUTDOOR_MOTIFS } from './motifs-outdoor.ts';

const MOTIFS = { ...OUTDOOR_MOTIFS, ...CLOTHING_MOTIFS, ...HOME_MOTIFS };

export type Motif = keyof typeof MOTIFS;

/** Both sides of every picture, in pixels. */
export const PICTURE_SIZE = 1000;

const QUALITY = 82;
/** libwebp's least work: the files grow by a few per cent and the seed runs twice as fast. */
const EFFORT = 1;

const DEFINITIONS =
  '<defs><linearGradient id="side" x1="0" x2="1" y1="0" y2="0.25">' +
  '<stop offset="0.35" stop-color="#1d2528" stop-opacity="0"/>' +
  '<stop offset="1" stop-color="#1d2528" stop-opacity="0.2"/></linearGradient></defs>';

/** One picture as SVG: the motif in its colour, before the backdrop of its room. */
export function drawPicture(motif: Motif, colour: Colour): string {
  const palette = paletteOf(colour);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${PICTURE_SIZE}" height="${PICTURE_SIZE}" viewBox="0 0 1000 1000">` +
    DEFINITIONS +
    box(0, 0, 1000, 1000, palette.ground) +
    backdrop(motif, palette) +
    MOTIFS[motif](palette) +
    '</svg>'
  );
}

/** The picture as a WebP file. */
export function renderPicture(motif: Motif, colour: Colour): Promise<Buffer> {
  return sharp(Buffer.from(drawPicture(motif, colour)))
    .webp({ quality: QUALITY, effort: EFFORT })
    .toBuffer();
}

function backdrop(motif: Motif, palette: Palette): string {
  if (motif in OUTDOOR_MOTIFS) return hills(palette);
  return motif in CLOTHING_MOTIFS ? spotlight(palette) : alcove(palette);
}

function hills(palette: Palette): string {
  return (
    disc(760, 230, 90, palette.glow) +
    shape('M0 760 L190 560 L330 680 L520 470 L720 690 L840 590 L1000 740 V1000 H0 Z', palette.far, 0.5) +
    shape('M0 790 Q250 690 500 750 T1000 730 V1000 H0 Z', palette.far)
  );
}

function alcove(palette: Palette): string {
  return (
    shape('M150 1000 V470 Q150 120 500 120 Q850 120 850 470 V1000 Z', palette.glow) +
    box(0, 760, 1000, 240, palette.far)
  );
}

function spotlight(palette: Palette): string {
  return disc(500, 490, 410, palette.glow) + mirrored(disc(60, 930, 190, palette.far, 0.5));
}

export const MOTIF_NAMES = Object.keys(MOTIFS) as Motif[];
