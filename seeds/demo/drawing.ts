/** A few words of SVG, so that motifs read as drawings rather than as markup. Everything lives on a 1000 × 1000 sheet. */

/** A filled outline. */
export function shape(d: string, fill: string, opacity = 1): string {
  return `<path d="${d}" fill="${fill}"${opacity === 1 ? '' : ` opacity="${opacity}"`}/>`;
}

/** A filled outline that gets darker towards its right side, as if lit from the left. */
export function solid(d: string, fill: string): string {
  return shape(d, fill) + shape(d, 'url(#side)');
}

export function box(x: number, y: number, width: number, height: number, fill: string, radius = 0): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" fill="${fill}"/>`;
}

/** A box lit from the left. */
export function block(x: number, y: number, width: number, height: number, fill: string, radius = 0): string {
  return box(x, y, width, height, fill, radius) + box(x, y, width, height, 'url(#side)', radius);
}

export function oval(x: number, y: number, across: number, down: number, fill: string, opacity = 1): string {
  return `<ellipse cx="${x}" cy="${y}" rx="${across}" ry="${down}" fill="${fill}" opacity="${opacity}"/>`;
}

export function disc(x: number, y: number, radius: number, fill: string, opacity = 1): string {
  return oval(x, y, radius, radius, fill, opacity);
}

/** An open stroke with round ends. */
export function stroke(d: string, colour: string, width: number, dash = ''): string {
  const dashed = dash ? ` stroke-dasharray="${dash}"` : '';
  return `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"${dashed}/>`;
}

/** The drawing and its mirror image left to right, for things with two equal halves. */
export function mirrored(drawing: string): string {
  return drawing + `<g transform="translate(1000 0) scale(-1 1)">${drawing}</g>`;
}

export function turned(degrees: number, x: number, y: number, drawing: string): string {
  return `<g transform="rotate(${degrees} ${x} ${y})">${drawing}</g>`;
}

export function scaled(factor: number, x: number, y: number, drawing: string): string {
  return `<g transform="translate(${x} ${y}) scale(${factor}) translate(${-x} ${-y})">${drawing}</g>`;
}

/** The same drawing at several places. */
export function repeated(
  places: readonly (readonly [x: number, y: number])[],
  draw: (x: number, y: number) => string,
): string {
  return places.map(([x, y]) => draw(x, y)).join('');
}

/** The soft shadow under something that stands at `y`. */
export function shadow(y: number, across: number, x = 500): string {
  return oval(x, y, across, Math.max(14, across * 0.075), '#26302f', 0.14);
}
