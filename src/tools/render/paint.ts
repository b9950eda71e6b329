// Colours, where the style asks for them.
import { styleText } from 'node:util';
import type { RenderStyle } from '../tool.ts';

export type Colour = 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | 'dim' | 'bold';

/** The text in a colour; as it is for pipes and agents. */
export function paint(style: RenderStyle, colour: Colour, text: string): string {
  return style.colour ? styleText(colour, text, { validateStream: false }) : text;
}
