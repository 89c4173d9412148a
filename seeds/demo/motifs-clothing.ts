/** Pictures of things to wear. */
import type { Palette } from './colours.ts';
import {
  block,
  box,
  disc,
  mirrored,
  oval,
  repeated,
  shadow,
  shape,
  solid,
  stroke,
  turned,
} from './drawing.ts';

/** Body and sleeves of anything worn above the hips; the sleeve ends at `cuff`. */
const TORSO = 'M350 230 Q420 200 500 215 Q580 200 650 230 L680 330 V800 H320 V330 Z';
const LONG_SLEEVE = 'M356 228 Q270 250 240 340 L160 690 L270 722 L340 470 Z';
const SHORT_SLEEVE = 'M356 228 Q265 250 225 330 L160 455 L275 520 L345 420 Z';

function top(c: Palette, sleeve: string): string {
  return mirrored(shape(sleeve, c.dark)) + solid(TORSO, c.main);
}

export const CLOTHING_MOTIFS = {
  jacket: (c: Palette) =>
    shadow(850, 240) +
    top(c, LONG_SLEEVE) +
    solid('M390 240 Q380 110 500 108 Q620 110 610 240 Q560 290 500 290 Q440 290 390 240 Z', c.dark) +
    solid('M425 235 Q420 150 500 150 Q580 150 575 235 Q540 268 500 268 Q460 268 425 235 Z', c.deep) +
    box(488, 280, 24, 520, c.deep) +
    stroke('M500 290 V790', c.accent, 7, '2 14') +
    box(342, 560, 116, 22, c.deep, 8) +
    box(542, 560, 116, 22, c.deep, 8) +
    stroke('M322 410 H486 M514 410 H678', c.dark, 7) +
    stroke('M458 268 L448 345 M542 268 L552 345', c.cream, 7) +
    mirrored(turned(16, 215, 690, box(160, 672, 114, 34, c.deep, 8))) +
    block(580, 440, 60, 34, c.accent, 6),
  vest: (c: Palette) =>
    shadow(830, 220) +
    solid(
      'M370 200 Q430 250 500 250 Q570 250 630 200 Q640 330 700 400 V800 H300 V400 Q360 330 370 200 Z',
      c.main,
    ) +
    solid('M385 205 Q390 160 430 160 H570 Q610 160 615 205 Q570 262 500 262 Q430 262 385 205 Z', c.dark) +
    repeated(
      [
        [0, 360],
        [0, 470],
        [0, 580],
        [0, 690],
      ],
      (_x, y) => stroke(`M306 ${y + 40} Q500 ${y + 70} 694 ${y + 40}`, c.dark, 8),
    ) +
    box(488, 256, 24, 544, c.deep) +
    stroke('M500 280 V790', c.accent, 7, '2 14') +
    block(350, 620, 100, 110, c.light, 10) +
    block(550, 620, 100, 110, c.light, 10) +
    box(350, 620, 100, 26, c.dark, 8) +
    box(550, 620, 100, 26, c.dark, 8),
  fleece: (c: Palette) =>
    shadow(850, 240) +
    top(c, LONG_SLEEVE) +
    shape('M350 230 Q420 200 500 215 Q580 200 650 230 L680 330 V420 H320 V330 Z', c.dark) +
    solid('M405 225 Q402 140 440 140 H560 Q598 140 595 225 Q550 262 500 262 Q450 262 405 225 Z', c.light) +
    box(490, 250, 20, 190, c.cream) +
    box(484, 420, 32, 50, c.accent, 8) +
    block(350, 340, 100, 60, c.accent, 8) +
    mirrored(turned(16, 215, 690, box(160, 672, 114, 34, c.cream, 8))) +
    box(320, 770, 360, 32, c.cream, 6) +
    repeated(
      [
        [390, 520],
        [470, 580],
        [560, 520],
        [610, 620],
        [400, 660],
        [520, 690],
        [600, 720],
      ],
      (x, y) => stroke(`M${x} ${y} q16 -20 32 0`, c.light, 7),
    ),
  jumper: (c: Palette) =>
    shadow(850, 240) +
    top(c, LONG_SLEEVE) +
    stroke('M410 222 Q500 290 590 222', c.deep, 34) +
    stroke('M410 222 Q500 290 590 222', c.light, 10, '4 16') +
    box(320, 762, 360, 42, c.dark, 8) +
    stroke(
      'M340 766 V800 M372 766 V800 M404 766 V800 M436 766 V800 M468 766 V800 M500 766 V800 M532 766 V800 M564 766 V800 M596 766 V800 M628 766 V800 M660 766 V800',
      c.deep,
      6,
    ) +
    mirrored(turned(16, 215, 690, box(160, 664, 114, 44, c.deep, 8))) +
    repeated(
      [
        [350, 380],
        [410, 380],
        [470, 380],
        [530, 380],
        [590, 380],
        [650, 380],
      ],
      (x, y) => shape(`M${x} ${y} l24 30 l-24 30 l-24 -30 Z`, c.cream),
    ) +
    stroke('M324 470 H676 M324 350 H676', c.cream, 8, '12 16') +
    stroke('M324 500 H676', c.accent, 8),
  tee: (c: Palette) =>
    shadow(850, 230) +
    top(c, SHORT_SLEEVE) +
    solid('M412 214 Q500 320 588 214 Q540 205 500 215 Q460 205 412 214 Z', c.deep) +
    stroke('M408 216 Q500 340 592 216', c.light, 14) +
    stroke('M326 780 H674', c.dark, 6) +
    mirrored(stroke('M176 452 L276 508', c.deep, 6)) +
    disc(500, 530, 96, c.cream, 0.92) +
    shape('M420 580 L480 490 L515 540 L540 508 L582 580 Z', c.accent) +
    disc(545, 478, 16, c.accent),
  shirt: (c: Palette) =>
    shadow(850, 240) +
    top(c, LONG_SLEEVE) +
    shape('M500 250 L400 210 L385 250 L450 350 Z M500 250 L600 210 L615 250 L550 350 Z', c.light) +
    shape('M440 222 Q500 262 560 222 L500 300 Z', c.deep) +
    box(482, 290, 36, 510, c.dark) +
    repeated(
      [
        [500, 380],
        [500, 470],
        [500, 560],
        [500, 650],
        [500, 740],
      ],
      (x, y) => disc(x, y, 9, c.cream),
    ) +
    solid('M560 420 H655 V510 L607 540 L560 510 Z', c.light) +
    solid('M345 420 H440 V510 L392 540 L345 510 Z', c.light) +
    mirrored(turned(16, 215, 690, box(160, 668, 114, 40, c.deep, 8))),
  longsleeve: (c: Palette) =>
    shadow(850, 230) +
    top(c, LONG_SLEEVE) +
    stroke('M415 220 Q500 280 585 220', c.deep, 24) +
    stroke(
      'M322 400 H678 M320 470 H680 M320 540 H680 M320 610 H680 M320 680 H680 M320 750 H680',
      c.light,
      13,
    ) +
    mirrored(stroke('M232 440 L330 470 M212 520 L310 548 M192 600 L288 628', c.light, 12)) +
    mirrored(turned(16, 215, 690, box(160, 676, 114, 28, c.deep, 8))),
  beanie: (c: Palette) =>
    shadow(780, 270) +
    disc(500, 235, 84, c.accent) +
    disc(500, 235, 84, 'url(#side)') +
    stroke('M455 200 q20 -20 40 0 M510 225 q20 -20 40 0 M450 245 q20 -20 40 0', c.cream, 7) +
    solid('M245 600 Q250 270 500 270 Q750 270 755 600 Z', c.main) +
    stroke(
      'M330 590 Q340 380 430 290 M415 590 Q420 400 468 278 M500 590 V275 M585 590 Q580 400 532 278 M670 590 Q660 380 570 290',
      c.dark,
      11,
    ) +
    block(225, 580, 550, 190, c.light, 50) +
    stroke(
      'M285 600 V750 M345 600 V752 M405 600 V754 M465 600 V754 M525 600 V754 M585 600 V754 M645 600 V752 M705 600 V750',
      c.main,
      11,
    ) +
    block(570, 640, 110, 74, c.accent, 8),
  scarf: (c: Palette) =>
    shadow(850, 230) +
    solid('M330 260 Q500 160 670 260 Q720 360 650 430 Q500 330 350 430 Q280 360 330 260 Z', c.dark) +
    solid('M330 300 Q500 480 690 300 Q720 400 640 470 Q500 560 360 470 Q290 400 330 300 Z', c.main) +
    solid('M400 480 H550 L570 800 H380 Z', c.main) +
    solid('M540 470 L650 440 L720 740 L600 770 Z', c.dark) +
    stroke('M392 600 H558 M386 680 H564', c.cream, 18) +
    stroke('M388 640 H562', c.accent, 10) +
    stroke('M574 590 L676 562 M592 664 L694 636', c.cream, 16) +
    stroke(
      'M392 800 V845 M424 800 V850 M456 800 V850 M488 800 V850 M520 800 V850 M552 800 V845 M608 768 L616 808 M640 760 L650 800 M672 752 L684 792 M706 744 L718 782',
      c.light,
      10,
    ),
  socks: (c: Palette) =>
    shadow(850, 280) +
    solid(
      'M560 150 H700 V540 Q700 590 740 620 L830 690 Q880 740 840 795 Q800 845 720 815 L590 735 Q540 700 545 630 Z',
      c.dark,
    ) +
    block(552, 150, 156, 84, c.accent, 14) +
    solid(
      'M300 180 H450 V560 Q450 610 490 640 L590 715 Q640 760 600 820 Q555 870 470 835 L330 750 Q275 715 282 640 Z',
      c.main,
    ) +
    block(290, 175, 170, 88, c.accent, 14) +
    stroke('M316 190 V248 M350 190 V248 M384 190 V248 M418 190 V248', c.cream, 8) +
    stroke('M302 330 H448 M300 370 H448', c.cream, 14) +
    shape('M283 640 Q275 715 330 750 L372 775 Q420 700 370 620 Q320 600 283 640 Z', c.light) +
    shape('M548 684 L590 715 Q640 760 600 820 Q570 855 520 848 Q490 760 548 684 Z', c.light),
  mittens: (c: Palette) =>
    shadow(840, 280) +
    stroke('M305 290 Q330 130 500 150 Q670 130 695 290', c.accent, 12) +
    mirrored(
      turned(
        7,
        300,
        500,
        solid('M205 400 Q200 270 305 270 Q410 270 405 400 L395 660 H215 Z', c.main) +
          solid('M390 500 Q415 410 458 425 Q490 455 460 520 L392 600 Z', c.dark) +
          block(200, 650, 210, 150, c.light, 26) +
          stroke('M235 665 V785 M270 665 V785 M305 665 V785 M340 665 V785 M375 665 V785', c.main, 9) +
          shape('M305 400 l34 44 l-34 44 l-34 -44 Z', c.cream) +
          stroke('M220 560 H390', c.cream, 10, '12 14'),
      ),
    ),
  hat: (c: Palette) =>
    shadow(740, 360) +
    solid('M130 640 Q160 560 320 540 H680 Q840 560 870 640 Q860 740 500 740 Q140 740 130 640 Z', c.main) +
    stroke('M190 650 Q500 720 810 650 M220 610 Q500 660 780 610', c.dark, 6, '18 12') +
    solid('M300 580 Q310 270 420 260 Q500 250 580 260 Q690 270 700 580 Q500 640 300 580 Z', c.light) +
    shape('M303 530 Q500 590 697 530 L700 585 Q500 645 300 585 Z', c.accent) +
    oval(500, 270, 96, 16, c.main, 0.5) +
    repeated(
      [
        [380, 420],
        [420, 420],
        [580, 420],
        [620, 420],
      ],
      (x, y) => disc(x, y, 10, c.dark),
    ),
  apron: (c: Palette) =>
    shadow(860, 210) +
    stroke('M390 260 Q400 110 500 110 Q600 110 610 260', c.wood_dark, 20) +
    stroke('M270 470 Q190 500 210 620 M730 470 Q810 500 790 620', c.wood_dark, 18) +
    solid(
      'M380 240 H620 Q630 380 730 450 L750 800 Q750 850 700 850 H300 Q250 850 250 800 L270 450 Q370 380 380 240 Z',
      c.main,
    ) +
    stroke('M392 270 H608', c.cream, 8, '14 12') +
    solid('M350 560 H650 V710 Q650 745 615 745 H385 Q350 745 350 710 Z', c.dark) +
    stroke('M500 565 V740 M362 590 H638', c.cream, 7, '14 12') +
    block(420, 330, 160, 80, c.accent, 10) +
    turned(-6, 560, 560, block(556, 470, 24, 130, c.wood, 10) + oval(568, 460, 28, 40, c.wood)),
} as const;
