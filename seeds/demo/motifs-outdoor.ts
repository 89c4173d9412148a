/** Pictures of things for outside. */
import type { Palette } from './colours.ts';
import { block, box, disc, oval, repeated, shadow, shape, solid, stroke, turned } from './drawing.ts';

export const OUTDOOR_MOTIFS = {
  tent: (c: Palette) =>
    shadow(770, 380) +
    stroke('M500 290 L120 775 M500 290 L880 775', c.deep, 8) +
    solid('M500 300 L165 770 H835 Z', c.main) +
    shape('M500 300 L165 770 H330 Z', c.light) +
    shape('M500 400 L385 770 H615 Z', c.deep) +
    shape('M500 400 L385 770 H455 Q505 600 500 400 Z', c.accent) +
    stroke('M500 300 V270', c.wood_dark, 12) +
    stroke('M120 775 L104 792 M880 775 L896 792', c.ink, 9),
  'tunnel-tent': (c: Palette) =>
    shadow(772, 410) +
    solid('M130 770 Q120 480 330 470 Q560 400 700 470 Q880 520 880 770 Z', c.main) +
    shape('M130 770 Q120 480 330 470 Q450 480 455 770 Z', c.light) +
    shape('M205 770 Q205 560 310 555 Q400 560 400 770 Z', c.deep) +
    shape('M205 770 Q205 560 310 555 Q262 640 258 770 Z', c.accent) +
    stroke('M330 470 Q450 480 455 770 M620 446 Q700 520 705 770', c.dark, 9) +
    solid('M560 600 q60 -42 110 0 v60 h-110 Z', c.cream) +
    stroke('M615 578 V660 M560 618 H670', c.dark, 7),
  tarp: (c: Palette) =>
    shadow(785, 330) +
    stroke('M170 300 V785 M830 300 V785', c.wood_dark, 18) +
    stroke('M190 470 L80 760 M810 470 L920 760', c.deep, 6) +
    solid('M140 340 Q500 470 860 340 L800 540 Q500 600 200 540 Z', c.main) +
    shape('M140 340 Q500 470 860 340 L846 386 Q500 510 154 386 Z', c.light) +
    stroke('M500 438 V582', c.dark, 6, '14 14') +
    block(395, 735, 210, 40, c.wood, 18) +
    block(430, 700, 150, 40, c.wood_dark, 18),
  hammock: (c: Palette) =>
    shadow(790, 300) +
    block(120, 180, 62, 610, c.wood, 22) +
    block(818, 180, 62, 610, c.wood, 22) +
    stroke('M180 360 L300 455 M180 360 L290 500 M820 360 L700 455 M820 360 L710 500', c.wood_dark, 8) +
    solid('M270 430 Q500 760 730 430 Q760 520 690 600 Q500 780 310 600 Q240 520 270 430 Z', c.main) +
    shape('M270 430 Q500 760 730 430 Q500 640 270 430 Z', c.deep) +
    stroke('M285 520 Q500 790 715 520', c.accent, 16) +
    stroke('M300 572 Q500 800 700 572', c.light, 8),
  'sleeping-bag': (c: Palette) =>
    turned(
      14,
      500,
      500,
      shadow(850, 200) +
        solid('M330 330 Q330 150 500 150 Q670 150 670 330 L640 800 Q500 880 360 800 Z', c.main) +
        solid('M376 330 Q376 205 500 205 Q624 205 624 330 Q624 420 500 420 Q376 420 376 330 Z', c.deep) +
        oval(500, 350, 92, 58, c.cream) +
        stroke('M352 500 Q500 545 650 500 M358 595 Q500 640 645 595 M366 690 Q500 735 640 690', c.dark, 8) +
        stroke('M500 424 V825', c.accent, 12),
    ),
  mat: (c: Palette) =>
    shadow(742, 340) +
    solid('M250 610 H820 Q850 610 850 660 V735 H300 Z', c.light) +
    block(170, 420, 330, 320, c.main, 160) +
    disc(330, 580, 158, c.dark) +
    disc(330, 580, 132, c.main) +
    disc(330, 580, 98, c.dark) +
    disc(330, 580, 74, c.main) +
    disc(330, 580, 40, c.dark) +
    stroke('M490 640 H815 M490 690 H815', c.dark, 7) +
    box(420, 425, 44, 312, c.accent, 8),
  daypack: (c: Palette) =>
    shadow(815, 240) +
    stroke('M430 215 Q430 150 500 150 Q570 150 570 215', c.deep, 24) +
    solid(
      'M300 380 Q300 195 500 195 Q700 195 700 380 V750 Q700 815 630 815 H370 Q300 815 300 750 Z',
      c.main,
    ) +
    shape('M300 395 Q300 195 500 195 Q700 195 700 395 Q600 450 500 450 Q400 450 300 395 Z', c.dark) +
    solid(
      'M345 560 Q345 530 380 530 H620 Q655 530 655 560 V715 Q655 760 610 760 H390 Q345 760 345 715 Z',
      c.light,
    ) +
    stroke('M360 590 H640', c.deep, 10) +
    box(440, 396, 28, 190, c.wood_dark, 8) +
    box(532, 396, 28, 190, c.wood_dark, 8) +
    box(432, 470, 44, 34, c.accent, 6) +
    box(524, 470, 44, 34, c.accent, 6) +
    solid('M300 560 Q240 570 246 650 V740 Q250 775 300 770 Z', c.dark) +
    solid('M700 560 Q760 570 754 650 V740 Q750 775 700 770 Z', c.deep),
  'trek-pack': (c: Palette) =>
    shadow(850, 240) +
    block(330, 790, 340, 62, c.accent, 30) +
    solid('M320 300 H680 L700 720 Q700 800 630 800 H370 Q300 800 300 720 Z', c.main) +
    solid('M300 330 Q300 150 500 150 Q700 150 700 330 Q700 362 664 362 H336 Q300 362 300 330 Z', c.dark) +
    stroke('M400 362 V800 M600 362 V800', c.deep, 20) +
    box(384, 420, 32, 48, c.accent, 6) +
    box(584, 420, 32, 48, c.accent, 6) +
    solid('M420 470 H580 V740 Q580 770 550 770 H450 Q420 770 420 740 Z', c.light) +
    stroke('M436 530 H564', c.deep, 8) +
    solid('M302 520 Q230 540 240 640 V730 Q250 775 304 760 Z', c.dark) +
    solid('M698 520 Q770 540 760 640 V730 Q750 775 696 760 Z', c.deep),
  tote: (c: Palette) =>
    shadow(810, 270) +
    stroke('M385 420 Q385 175 500 175 Q615 175 615 420', c.deep, 26) +
    solid('M255 390 H745 L790 780 Q792 810 760 810 H240 Q208 810 210 780 Z', c.main) +
    stroke('M262 440 H738', c.dark, 8, '18 14') +
    solid('M385 560 L500 480 L615 560 V690 H385 Z', c.cream) +
    shape('M385 690 L455 590 L505 650 L545 605 L615 690 Z', c.accent) +
    disc(565, 560, 18, c.accent),
  duffel: (c: Palette) =>
    shadow(752, 380) +
    stroke('M340 470 Q340 270 500 270 Q660 270 660 470', c.wood_dark, 26) +
    solid(
      'M220 420 H780 Q880 420 880 580 Q880 750 780 750 H220 Q120 750 120 580 Q120 420 220 420 Z',
      c.main,
    ) +
    oval(205, 585, 85, 165, c.dark) +
    stroke('M240 440 H770', c.cream, 8, '16 10') +
    box(325, 420, 32, 330, c.wood_dark) +
    box(643, 420, 32, 330, c.wood_dark) +
    block(440, 560, 120, 84, c.accent, 10),
  'hip-pack': (c: Palette) =>
    shadow(720, 330) +
    stroke('M230 500 Q90 420 150 330 Q300 210 500 212 Q700 210 850 330 Q910 420 770 500', c.deep, 34) +
    solid(
      'M215 470 Q215 410 290 410 H710 Q785 410 785 470 V600 Q785 715 660 715 H340 Q215 715 215 600 Z',
      c.main,
    ) +
    stroke('M260 470 H740', c.cream, 10) +
    box(716, 458, 48, 24, c.accent, 8) +
    solid('M280 540 H720 V590 Q720 665 640 665 H360 Q280 665 280 590 Z', c.light) +
    block(452, 196, 96, 58, c.ink, 12),
  'dry-bag': (c: Palette) =>
    shadow(822, 210) +
    solid('M330 330 H670 L690 760 Q690 825 620 825 H380 Q310 825 310 760 Z', c.main) +
    oval(500, 815, 185, 20, c.dark, 0.6) +
    solid('M330 250 Q500 220 670 250 L678 345 Q500 372 322 345 Z', c.dark) +
    stroke('M330 250 Q270 180 340 160 H660 Q730 180 670 250', c.ink, 20) +
    box(458, 138, 84, 46, c.accent, 10) +
    solid('M420 470 Q500 440 580 470 V650 Q500 680 420 650 Z', c.cream) +
    shape('M500 510 Q555 580 500 620 Q445 580 500 510 Z', c.main),
  stove: (c: Palette) =>
    shadow(812, 230) +
    shape(
      'M500 250 Q580 330 550 420 Q620 380 590 310 Q680 430 600 510 H400 Q320 420 420 330 Q420 390 450 400 Q440 310 500 250 Z',
      '#e39a3b',
    ) +
    shape('M500 370 Q550 420 545 510 H455 Q450 430 500 370 Z', '#f6d98c') +
    stroke('M330 500 L400 560 M670 500 L600 560', c.ink, 22) +
    block(310, 486, 380, 26, c.metal_dark, 10) +
    block(410, 520, 180, 70, c.metal, 14) +
    solid(
      'M340 660 Q340 590 420 590 H580 Q660 590 660 660 V770 Q660 812 615 812 H385 Q340 812 340 770 Z',
      c.main,
    ) +
    box(340, 680, 320, 60, c.cream) +
    stroke('M592 555 H700', c.accent, 18) +
    disc(712, 555, 26, c.accent),
  mug: (c: Palette) =>
    shadow(792, 270) +
    stroke('M672 430 Q830 420 815 560 Q800 680 660 670', c.main, 42) +
    stroke('M672 430 Q830 420 815 560 Q800 680 660 670', c.light, 10) +
    solid('M270 340 H690 V720 Q690 795 615 795 H345 Q270 795 270 720 Z', c.main) +
    oval(480, 340, 210, 46, c.ink) +
    oval(480, 336, 210, 42, c.cream) +
    oval(480, 346, 178, 30, c.wood_dark) +
    shape('M340 640 L425 520 L480 590 L525 540 L620 640 Z', c.cream) +
    disc(560, 490, 22, c.accent) +
    repeated(
      [
        [330, 715],
        [600, 745],
        [640, 440],
      ],
      (x, y) => disc(x, y, 7, c.light),
    ),
  bottle: (c: Palette) =>
    shadow(852, 150) +
    stroke('M455 205 Q455 120 500 120 Q545 120 545 205', c.ink, 20) +
    block(430, 190, 140, 90, c.ink, 18) +
    box(440, 280, 120, 24, c.metal) +
    solid(
      'M440 300 H560 Q640 340 640 430 V800 Q640 855 585 855 H415 Q360 855 360 800 V430 Q360 340 440 300 Z',
      c.main,
    ) +
    box(390, 420, 24, 390, c.light, 12) +
    shape('M440 690 L505 590 L545 645 L575 610 L612 690 Z', c.cream) +
    stroke('M440 720 H612', c.cream, 9),
  flask: (c: Palette) =>
    shadow(852, 165) +
    block(395, 130, 210, 170, c.metal, 34) +
    box(395, 250, 210, 16, c.metal_dark) +
    box(410, 300, 180, 26, c.ink) +
    solid(
      'M380 326 H620 Q650 340 650 380 V800 Q650 855 595 855 H405 Q350 855 350 800 V380 Q350 340 380 326 Z',
      c.main,
    ) +
    box(350, 740, 300, 26, c.metal) +
    stroke('M650 430 Q770 440 765 560 Q760 690 650 690', c.ink, 28) +
    box(382, 380, 22, 330, c.light, 11) +
    box(350, 470, 300, 44, c.accent),
  kettle: (c: Palette) =>
    shadow(790, 300) +
    stroke('M330 430 Q330 190 500 190 Q670 190 670 430', c.ink, 24) +
    block(420, 170, 160, 44, c.wood, 22) +
    solid('M690 520 Q800 500 850 400 L900 420 Q870 620 690 660 Z', c.dark) +
    solid(
      'M300 410 H700 Q770 560 740 720 Q725 792 650 792 H350 Q275 792 260 720 Q230 560 300 410 Z',
      c.main,
    ) +
    oval(500, 412, 200, 30, c.dark) +
    solid('M350 400 Q500 330 650 400 Z', c.light) +
    disc(500, 352, 26, c.wood) +
    stroke('M300 520 Q285 640 315 720', c.light, 16),
  pots: (c: Palette) =>
    shadow(800, 330) +
    block(210, 560, 580, 240, c.metal_dark, 40) +
    block(205, 545, 590, 34, c.metal, 16) +
    stroke('M790 610 H905', c.ink, 30) +
    block(290, 370, 420, 190, c.metal, 34) +
    block(285, 355, 430, 30, c.cream, 14) +
    stroke('M705 410 H810', c.ink, 26) +
    solid('M320 352 Q500 250 680 352 Z', c.main) +
    block(460, 250, 80, 46, c.wood, 20) +
    box(250, 640, 500, 16, c.cream, 8),
  cooler: (c: Palette) =>
    shadow(792, 350) +
    stroke('M230 420 Q230 225 500 225 Q770 225 770 420', c.ink, 26) +
    block(190, 450, 620, 345, c.main, 36) +
    block(170, 370, 660, 110, c.cream, 34) +
    box(190, 480, 620, 14, c.dark) +
    block(450, 440, 100, 90, c.metal, 12) +
    shape('M380 720 L470 590 L530 670 L575 620 L640 720 Z', c.cream) +
    disc(600, 575, 20, c.accent),
  lantern: (c: Palette) =>
    shadow(832, 220) +
    disc(500, 560, 330, '#f9dd92', 0.35) +
    stroke('M330 360 Q320 130 500 130 Q680 130 670 360', c.ink, 18) +
    solid('M400 260 H600 L650 360 H350 Z', c.main) +
    block(445, 205, 110, 60, c.dark, 14) +
    solid('M360 380 H640 Q700 540 640 680 H360 Q300 540 360 380 Z', '#fbe9b7') +
    shape('M500 440 Q560 530 530 600 Q500 640 470 600 Q440 530 500 440 Z', '#e9a23f') +
    shape('M500 520 Q530 570 500 610 Q470 570 500 520 Z', '#fff5d6') +
    stroke('M372 384 Q320 540 372 676 M628 384 Q680 540 628 676', c.dark, 12) +
    block(340, 356, 320, 30, c.dark, 10) +
    solid('M340 676 H660 L700 800 Q700 832 660 832 H340 Q300 832 300 800 Z', c.main) +
    disc(500, 752, 26, c.accent),
  headlamp: (c: Palette) =>
    shadow(740, 280) +
    stroke('M300 560 Q150 480 210 330 Q320 190 500 190 Q680 190 790 330 Q850 480 700 560', c.main, 62) +
    stroke(
      'M300 560 Q150 480 210 330 Q320 190 500 190 Q680 190 790 330 Q850 480 700 560',
      c.light,
      10,
      '26 22',
    ) +
    shape('M400 640 L240 880 H760 L600 640 Z', '#f9dd92', 0.4) +
    block(290, 460, 420, 230, c.ink, 60) +
    disc(500, 575, 100, c.metal) +
    disc(500, 575, 80, '#fbe9b7') +
    disc(500, 575, 44, '#fffaf0') +
    disc(345, 575, 24, c.accent) +
    disc(655, 575, 24, c.accent),
  compass: (c: Palette) =>
    shadow(842, 220) +
    stroke('M500 230 V160', c.metal_dark, 30) +
    disc(500, 140, 46, c.metal_dark) +
    disc(500, 140, 24, c.glow) +
    disc(500, 540, 300, c.accent) +
    disc(500, 540, 300, 'url(#side)') +
    disc(500, 540, 256, c.cream) +
    repeated(
      [
        [500, 320],
        [500, 760],
        [280, 540],
        [720, 540],
      ],
      (x, y) => disc(x, y, 14, c.ink),
    ) +
    repeated(
      [
        [345, 385],
        [655, 385],
        [345, 695],
        [655, 695],
      ],
      (x, y) => disc(x, y, 8, c.metal_dark),
    ) +
    turned(
      32,
      500,
      540,
      shape('M500 345 L550 540 H450 Z', '#bb5b38') + shape('M500 735 L550 540 H450 Z', c.ink),
    ) +
    disc(500, 540, 24, c.accent),
  chair: (c: Palette) =>
    shadow(830, 320) +
    stroke('M300 520 L700 825 M700 520 L300 825', c.ink, 22) +
    stroke('M270 190 L300 600 M730 190 L700 600', c.wood_dark, 28) +
    solid('M280 205 Q500 250 720 205 L700 545 Q500 600 300 545 Z', c.main) +
    solid('M270 530 Q500 640 730 530 L760 610 Q500 730 240 610 Z', c.dark) +
    block(190, 455, 150, 34, c.wood, 16) +
    block(660, 455, 150, 34, c.wood, 16) +
    stroke('M300 310 Q500 352 700 310', c.accent, 14),
  'string-lights': (c: Palette) =>
    stroke('M110 270 Q300 470 500 420 Q700 370 890 560', c.ink, 12) +
    repeated(
      [
        [205, 362],
        [345, 432],
        [500, 422],
        [655, 404],
        [790, 470],
      ],
      (x, y) =>
        disc(x, y + 100, 96, '#f9dd92', 0.35) +
        block(x - 24, y - 6, 48, 52, c.main, 10) +
        solid(
          `M${x - 30} ${y + 46} H${x + 30} Q${x + 74} ${y + 130} ${x} ${y + 168} Q${x - 74} ${y + 130} ${x - 30} ${y + 46} Z`,
          '#fbe3a0',
        ) +
        stroke(`M${x - 14} ${y + 70} L${x} ${y + 110} L${x + 14} ${y + 70}`, '#d9902f', 6),
    ),
  book: (c: Palette) =>
    shadow(822, 270) +
    turned(
      -5,
      500,
      500,
      block(300, 190, 440, 610, c.dark, 20) +
        box(312, 772, 424, 26, c.cream, 6) +
        block(280, 180, 440, 600, c.main, 20) +
        box(280, 180, 52, 600, c.dark, 16) +
        box(380, 250, 290, 120, c.cream, 8) +
        stroke('M415 292 H635 M415 330 H570', c.ink, 12) +
        shape('M380 690 L480 510 L545 610 L590 550 L670 690 Z', c.light) +
        disc(610, 475, 34, c.accent),
    ),
  'night-book': (c: Palette) =>
    shadow(842, 230) +
    block(270, 160, 460, 680, c.ink, 46) +
    box(305, 210, 390, 560, c.main, 14) +
    shape('M305 770 V640 L420 540 L500 620 L580 560 L695 660 V770 Z', c.deep) +
    disc(590, 330, 62, '#f6e3ae') +
    disc(564, 312, 54, c.main) +
    repeated(
      [
        [360, 280],
        [430, 360],
        [370, 450],
        [500, 270],
        [480, 460],
        [620, 470],
        [650, 250],
      ],
      (x, y) => disc(x, y, 7, '#f6e3ae'),
    ) +
    stroke('M360 280 L430 360 L370 450 L480 460', '#f6e3ae', 3) +
    disc(500, 806, 15, c.metal),
  map: (c: Palette) =>
    shadow(770, 370) +
    solid('M150 300 L380 240 V720 L150 780 Z', c.cream) +
    shape('M380 240 L620 300 V780 L380 720 Z', '#e9dfc9') +
    solid('M620 300 L850 240 V720 L620 780 Z', c.cream) +
    shape('M150 560 Q260 500 380 570 V720 L150 780 Z', c.light, 0.8) +
    shape('M620 300 L850 240 V420 Q720 400 620 460 Z', c.main, 0.7) +
    shape('M380 570 Q500 620 620 560 V780 L380 720 Z', c.light, 0.5) +
    stroke('M210 690 Q300 600 400 610 Q520 640 560 520 Q600 420 740 400', '#bb5b38', 12, '4 26') +
    shape('M740 405 Q690 340 690 305 Q690 255 740 255 Q790 255 790 305 Q790 340 740 405 Z', '#bb5b38') +
    disc(740, 305, 20, c.cream) +
    stroke('M210 420 L260 350 L300 410 M265 430 L310 370 L350 425', c.dark, 9),
} as const;
