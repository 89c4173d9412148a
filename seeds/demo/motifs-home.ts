/** Pictures of things for the house and the garden. */
import type { Palette } from './colours.ts';
import { block, box, disc, oval, repeated, shadow, shape, solid, stroke, turned } from './drawing.ts';

export const HOME_MOTIFS = {
  'gift-card': (c: Palette) =>
    shadow(790, 330) +
    turned(
      -6,
      500,
      520,
      block(180, 330, 640, 400, c.main, 36) +
        box(180, 470, 640, 70, c.accent) +
        box(330, 330, 70, 400, c.accent) +
        shape('M365 505 Q270 380 230 440 Q210 490 365 505 Q460 380 500 440 Q520 490 365 505 Z', c.cream) +
        disc(365, 505, 26, c.light) +
        stroke('M570 620 H760 M570 670 H690', c.cream, 14),
    ),
  blanket: (c: Palette) =>
    shadow(812, 320) +
    block(200, 610, 600, 190, c.main, 60) +
    block(210, 470, 580, 180, c.light, 60) +
    block(200, 330, 600, 180, c.main, 60) +
    stroke(
      'M330 335 V505 M360 335 V505 M640 335 V505 M670 335 V505 M330 615 V795 M360 615 V795 M640 615 V795 M670 615 V795',
      c.dark,
      12,
    ) +
    stroke('M220 420 H780', c.accent, 12) +
    stroke('M220 705 H780', c.accent, 12) +
    stroke(
      'M230 800 V838 M270 802 V842 M310 802 V842 M350 802 V842 M390 802 V842 M430 802 V842 M470 802 V842 M510 802 V842 M550 802 V842 M590 802 V842 M630 802 V842 M670 802 V842 M710 802 V842 M770 800 V838',
      c.dark,
      9,
    ),
  cushion: (c: Palette) =>
    shadow(812, 310) +
    solid('M190 250 Q500 200 810 250 Q770 500 820 790 Q500 830 180 790 Q230 500 190 250 Z', c.main) +
    repeated(
      [
        [350, 370],
        [500, 370],
        [650, 370],
        [350, 520],
        [500, 520],
        [650, 520],
        [350, 670],
        [500, 670],
        [650, 670],
      ],
      (x, y) =>
        shape(
          `M${x} ${y - 58} Q${x + 52} ${y} ${x} ${y + 58} Q${x - 52} ${y} ${x} ${y - 58} Z`,
          c.cream,
          0.9,
        ) + disc(x, y, 15, c.accent),
    ) +
    stroke('M200 262 Q500 214 800 262 M192 778 Q500 816 808 778', c.dark, 9),
  towels: (c: Palette) =>
    shadow(810, 300) +
    block(230, 670, 540, 130, c.main, 54) +
    block(245, 545, 510, 130, c.cream, 54) +
    block(240, 420, 520, 130, c.light, 54) +
    block(270, 300, 460, 124, c.main, 52) +
    stroke('M290 330 H640 M290 450 H650 M290 700 H660', c.dark, 7, '4 14') +
    stroke('M290 610 H650', c.main, 16) +
    stroke('M290 392 H640', c.accent, 14) +
    turned(
      -16,
      500,
      250,
      stroke('M420 290 Q500 200 600 200', '#7c8f5f', 12) +
        repeated(
          [
            [450, 240],
            [500, 218],
            [550, 200],
          ],
          (x, y) => oval(x, y, 34, 15, '#8aa06c'),
        ),
    ),
  rug: (c: Palette) =>
    shadow(790, 370) +
    solid('M230 320 H770 L900 770 H100 Z', c.main) +
    shape('M262 352 H738 L842 738 H158 Z', c.cream) +
    shape('M282 374 H718 L808 716 H192 Z', c.dark) +
    repeated(
      [
        [370, 470],
        [500, 470],
        [630, 470],
        [335, 610],
        [500, 610],
        [665, 610],
      ],
      (x, y) =>
        shape(`M${x} ${y - 62} L${x + 58} ${y} L${x} ${y + 62} L${x - 58} ${y} Z`, c.light) +
        shape(`M${x} ${y - 28} L${x + 26} ${y} L${x} ${y + 28} L${x - 26} ${y} Z`, c.accent),
    ) +
    stroke(
      'M110 775 L100 812 M180 775 L174 815 M250 775 L246 815 M320 775 L318 815 M390 775 V815 M460 775 V815 M530 775 V815 M600 775 V815 M680 775 L682 815 M750 775 L754 815 M820 775 L826 815 M890 775 L900 812',
      c.cream,
      10,
    ),
  board: (c: Palette) =>
    shadow(830, 210) +
    solid(
      'M455 140 Q500 110 545 140 Q570 160 565 250 Q570 300 640 320 Q690 335 690 390 V770 Q690 825 635 825 H365 Q310 825 310 770 V390 Q310 335 360 320 Q430 300 435 250 Q430 160 455 140 Z',
      c.wood,
    ) +
    disc(500, 190, 27, c.ground) +
    stroke(
      'M370 400 Q390 560 365 780 M440 360 Q470 560 440 790 M520 360 Q500 560 530 795 M610 380 Q640 560 605 785',
      c.wood_dark,
      6,
    ) +
    stroke('M500 190 Q560 90 600 150', c.main, 10),
  bowl: (c: Palette) =>
    shadow(772, 260) +
    repeated(
      [
        [380, 400],
        [470, 370],
        [565, 380],
        [635, 410],
        [430, 430],
        [530, 425],
      ],
      (x, y) => disc(x, y, 62, c.accent) + disc(x - 18, y - 20, 14, '#ffffff', 0.35),
    ) +
    stroke('M470 320 Q480 270 530 250', '#7c8f5f', 12) +
    oval(550, 262, 44, 20, '#8aa06c') +
    solid('M190 440 H810 Q800 700 610 745 H390 Q200 700 190 440 Z', c.main) +
    box(180, 426, 640, 36, c.light, 18) +
    stroke('M222 540 Q500 600 778 540', c.cream, 16) +
    block(390, 740, 220, 34, c.dark, 12),
  teapot: (c: Palette) =>
    shadow(782, 280) +
    stroke('M335 470 Q170 420 180 560 Q200 680 340 680', c.wood_dark, 38) +
    solid('M660 590 Q760 570 790 440 Q800 400 860 400 L872 424 Q850 640 690 690 Z', c.dark) +
    solid(
      'M310 440 H690 Q780 560 720 690 Q680 780 610 780 H390 Q320 780 280 690 Q220 560 310 440 Z',
      c.main,
    ) +
    solid('M345 440 Q360 360 500 355 Q640 360 655 440 Z', c.light) +
    disc(500, 330, 36, c.wood) +
    stroke('M290 590 Q500 650 715 590', c.cream, 16) +
    stroke('M320 480 Q275 570 305 670', c.light, 14) +
    stroke('M845 360 q-22 -34 0 -66 q22 -34 0 -66', c.far, 14),
  dripper: (c: Palette) =>
    shadow(832, 250) +
    stroke('M640 590 Q780 580 770 690 Q760 780 650 770', c.metal, 24) +
    solid(
      'M360 540 H640 Q690 660 660 780 Q650 830 600 830 H400 Q350 830 340 780 Q310 660 360 540 Z',
      c.cream,
    ) +
    shape(
      'M334 660 H666 Q676 740 660 780 Q650 830 600 830 H400 Q350 830 340 780 Q324 740 334 660 Z',
      '#6d4630',
    ) +
    block(330, 490, 340, 56, c.wood, 20) +
    shape('M300 250 H700 L590 490 H410 Z', '#fffaf0') +
    solid('M275 300 H725 L600 490 H400 Z', c.main) +
    box(262, 280, 476, 34, c.light, 16) +
    stroke('M722 330 Q830 330 790 410 Q750 450 660 440', c.main, 28) +
    stroke('M500 556 V640', '#6d4630', 10, '14 18') +
    stroke('M440 220 q-22 -34 0 -66 M500 210 q-22 -38 0 -80 M560 220 q-22 -34 0 -66', c.far, 14),
  pan: (c: Palette) =>
    shadow(800, 280) +
    turned(
      -28,
      430,
      560,
      block(690, 526, 290, 66, c.wood_dark, 33) +
        disc(955, 559, 14, c.ground) +
        disc(430, 560, 282, c.ink) +
        disc(430, 560, 282, 'url(#side)') +
        disc(430, 560, 240, '#434f52') +
        shape(
          'M300 500 Q330 400 450 410 Q590 410 580 530 Q600 640 490 690 Q360 720 310 630 Q260 580 300 500 Z',
          '#fdf8ec',
        ) +
        disc(440, 560, 84, '#eeb548') +
        disc(415, 535, 20, '#f9dd92'),
    ) +
    repeated(
      [
        [300, 420],
        [560, 690],
        [330, 740],
      ],
      (x, y) => oval(x, y, 30, 13, c.main),
    ),
  spoons: (c: Palette) =>
    shadow(842, 200) +
    turned(
      -13,
      500,
      800,
      block(430, 330, 36, 360, c.wood, 16) +
        oval(448, 250, 66, 110, c.wood) +
        oval(448, 248, 40, 78, c.wood_dark, 0.55),
    ) +
    turned(
      15,
      500,
      800,
      block(530, 330, 36, 360, c.wood_dark, 16) +
        block(492, 150, 112, 200, c.wood_dark, 40) +
        stroke('M548 190 V310', c.ground, 14),
    ) +
    block(482, 290, 36, 380, c.wood, 16) +
    oval(500, 215, 56, 100, c.wood) +
    solid('M330 560 H670 L640 810 Q636 842 600 842 H400 Q364 842 360 810 Z', c.main) +
    box(318, 546, 364, 40, c.light, 18) +
    stroke('M352 690 H648', c.cream, 22) +
    stroke('M358 740 H642', c.accent, 12),
  pot: (c: Palette) =>
    shadow(832, 220) +
    stroke('M500 560 Q490 380 500 250 M500 500 Q420 440 350 420 M500 470 Q590 400 650 380', '#5f7a52', 16) +
    shape('M500 290 Q420 200 500 110 Q580 200 500 290 Z', '#7f9a69') +
    shape('M380 440 Q260 450 220 340 Q340 320 390 410 Z', '#6f8c5c') +
    shape('M620 400 Q740 410 790 300 Q670 270 610 370 Z', '#7f9a69') +
    shape('M480 440 Q370 380 380 260 Q480 300 490 400 Z', '#8aa675') +
    shape('M515 420 Q620 350 610 220 Q510 270 505 380 Z', '#6f8c5c') +
    solid('M330 600 H670 L630 800 Q624 832 590 832 H410 Q376 832 370 800 Z', c.main) +
    block(305, 540, 390, 76, c.light, 20) +
    stroke('M352 700 H648', c.cream, 14, '2 26'),
  'watering-can': (c: Palette) =>
    shadow(812, 300) +
    stroke('M330 440 Q340 250 480 250 Q600 250 610 440', c.dark, 30) +
    solid('M610 640 L800 400 L850 436 L690 750 Z', c.dark) +
    turned(-36, 830, 396, block(760, 370, 140, 46, c.metal, 14)) +
    solid('M270 430 H650 L690 780 Q690 812 655 812 H265 Q230 812 230 780 Z', c.main) +
    box(256, 420, 408, 34, c.light, 14) +
    stroke('M252 560 H664 M240 690 H676', c.dark, 10) +
    repeated(
      [
        [866, 320],
        [910, 372],
        [930, 300],
        [880, 250],
      ],
      (x, y) => shape(`M${x} ${y} q-16 26 0 38 q16 -12 0 -38 Z`, '#8ab4bd'),
    ) +
    shape('M455 590 Q520 620 460 670 Q400 620 455 590 Z', c.cream),
  'bird-house': (c: Palette) =>
    shadow(872, 120) +
    block(476, 690, 48, 180, c.wood_dark, 8) +
    solid('M320 400 L500 250 L680 400 V710 H320 Z', c.main) +
    stroke('M320 500 H680 M320 600 H680', c.dark, 6) +
    turned(39, 500, 230, block(480, 205, 330, 50, c.wood, 12)) +
    turned(-39, 500, 230, block(190, 205, 330, 50, c.wood, 12)) +
    disc(500, 480, 74, c.light) +
    disc(500, 480, 58, c.ink) +
    stroke('M500 610 V590', c.wood_dark, 22) +
    shape(
      'M560 655 Q560 570 640 575 Q690 575 700 610 L735 620 L702 632 Q690 690 620 690 L540 720 Q545 680 560 655 Z',
      c.accent,
    ) +
    disc(662, 606, 9, c.ink) +
    block(300, 700, 400, 30, c.wood, 12),
  trowel: (c: Palette) =>
    shadow(852, 290) +
    turned(
      8,
      360,
      500,
      block(292, 150, 76, 220, c.wood, 36) +
        box(292, 330, 76, 34, c.main, 8) +
        block(316, 360, 28, 110, c.metal_dark) +
        solid('M240 460 H420 V640 Q400 770 330 840 Q260 770 240 640 Z', c.metal) +
        stroke('M330 500 V750', c.metal_dark, 8),
    ) +
    turned(
      -8,
      640,
      500,
      block(632, 150, 76, 220, c.wood, 36) +
        box(632, 330, 76, 34, c.main, 8) +
        block(656, 360, 28, 130, c.metal_dark) +
        stroke('M670 520 H590 V790 M670 500 V830 M670 520 H750 V790', c.metal, 32),
    ),
  seeds: (c: Palette) =>
    shadow(832, 210) +
    solid('M300 190 H700 V800 Q700 830 670 830 H330 Q300 830 300 800 Z', c.cream) +
    shape('M300 190 H700 V300 Q500 350 300 300 Z', c.main) +
    stroke('M320 240 H680', c.light, 8, '12 12') +
    stroke('M430 760 Q420 640 400 560 M500 760 V520 M570 760 Q590 660 610 590', '#6f8c5c', 12) +
    repeated(
      [
        [400, 540],
        [500, 490],
        [612, 570],
      ],
      (x, y) =>
        repeated(
          [
            [0, -38],
            [36, -12],
            [22, 32],
            [-22, 32],
            [-36, -12],
          ],
          (dx, dy) => disc(x + dx, y + dy, 27, x === 500 ? c.accent : c.main),
        ) + disc(x, y, 20, '#f3d27a'),
    ) +
    oval(455, 690, 34, 14, '#8aa675') +
    oval(545, 700, 34, 14, '#8aa675') +
    stroke('M380 385 H620', c.ink, 14) +
    stroke('M420 420 H580', c.metal_dark, 9),
  candle: (c: Palette) =>
    shadow(812, 290) +
    disc(400, 270, 150, '#f9dd92', 0.4) +
    disc(640, 400, 130, '#f9dd92', 0.4) +
    shape('M400 180 Q450 250 400 310 Q350 250 400 180 Z', '#e9a23f') +
    shape('M640 320 Q684 380 640 436 Q596 380 640 320 Z', '#e9a23f') +
    stroke('M400 300 V350 M640 430 V470', c.ink, 9) +
    block(310, 340, 180, 460, '#f0cf86', 22) +
    block(555, 465, 170, 335, c.main, 22) +
    shape(
      'M310 362 Q310 340 332 340 H468 Q490 340 490 362 V430 Q470 470 450 430 Q430 400 410 450 Q390 490 370 430 Q340 400 310 440 Z',
      '#f9e6b8',
    ) +
    stroke(
      'M330 560 l35 -20 l35 20 l35 -20 l35 20 M330 620 l35 -20 l35 20 l35 -20 l35 20 M330 680 l35 -20 l35 20 l35 -20 l35 20',
      '#d9ae5c',
      7,
    ) +
    oval(640, 472, 84, 16, c.light) +
    block(240, 786, 560, 36, c.wood, 18),
  basket: (c: Palette) =>
    shadow(822, 300) +
    stroke('M290 450 Q300 190 500 190 Q700 190 710 450', c.wood_dark, 30) +
    solid('M230 440 H770 L720 790 Q715 822 680 822 H320 Q285 822 280 790 Z', c.wood) +
    stroke('M245 520 H755 M255 590 H745 M265 660 H735 M275 730 H725', c.wood_dark, 10, '34 26') +
    stroke('M262 555 H738 M270 625 H730 M278 695 H722 M284 765 H716', c.cream, 8, '30 30') +
    block(215, 420, 570, 52, c.wood_dark, 24) +
    shape('M330 420 Q360 320 470 350 Q560 300 640 360 Q700 360 710 420 Z', c.main) +
    stroke('M380 400 Q430 360 480 395 M540 380 Q590 350 640 395', c.light, 10),
  clock: (c: Palette) =>
    shadow(860, 200) +
    disc(500, 490, 330, c.wood) +
    disc(500, 490, 330, 'url(#side)') +
    disc(500, 490, 290, c.main) +
    repeated(
      [
        [500, 245],
        [500, 735],
        [255, 490],
        [745, 490],
      ],
      (x, y) => disc(x, y, 20, c.accent),
    ) +
    repeated(
      [
        [622, 278],
        [712, 368],
        [712, 612],
        [622, 702],
        [378, 702],
        [288, 612],
        [288, 368],
        [378, 278],
      ],
      (x, y) => disc(x, y, 10, c.deep),
    ) +
    stroke('M500 490 L400 370', c.ink, 26) +
    stroke('M500 490 L660 400', c.ink, 16) +
    disc(500, 490, 30, c.accent),
  vase: (c: Palette) =>
    shadow(842, 180) +
    stroke('M490 420 Q440 260 350 200 M505 420 Q520 240 500 130 M515 420 Q590 300 680 250', '#8a7a55', 9) +
    repeated(
      [
        [350, 200],
        [385, 232],
        [415, 275],
        [330, 240],
        [500, 130],
        [512, 190],
        [490, 235],
        [680, 250],
        [635, 270],
        [600, 315],
        [660, 300],
      ],
      (x, y) => oval(x, y, 30, 20, '#dcb66a'),
    ) +
    solid(
      'M430 400 H570 Q560 470 600 510 Q700 590 660 730 Q630 842 560 842 H440 Q370 842 340 730 Q300 590 400 510 Q440 470 430 400 Z',
      c.main,
    ) +
    box(418, 388, 164, 30, c.light, 14) +
    stroke('M338 640 Q500 700 664 640', c.cream, 16) +
    stroke('M342 690 Q500 750 660 690', c.accent, 10),
} as const;
