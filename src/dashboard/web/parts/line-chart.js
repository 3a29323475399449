import { fill, h, svg } from '../lib/dom.js';
import { ticksFor } from './scale.js';

const HEIGHT = 220;
const MARGIN = { top: 12, right: 12, bottom: 26, left: 52 };

/**
 * Lines over days. Drawn at the size that it has, redrawn when that changes; arrow keys and the pointer read out a day;
 * the same numbers stand in a table for those who cannot see it.
 * @param labels one per point, in order
 * @param series [{ name, values }], with the same number of values; null leaves a gap
 */
export function lineChart({ title, labels, series, format, formatTick = format, formatLabel }) {
  const top = Math.max(...series.flatMap(({ values }) => values.map((value) => value ?? 0)), 0);
  const ticks = ticksFor(top, 4);
  const readout = h('p', { class: 'chart-readout', 'aria-live': 'polite' });
  const frame = h('div', { class: 'chart-frame' });
  let marked;

  const draw = () => {
    const width = Math.max(260, frame.clientWidth);
    const x = (index) =>
      MARGIN.left + (labels.length < 2 ? 0 : (index / (labels.length - 1)) * (width - MARGIN.left - MARGIN.right));
    const y = (value) => HEIGHT - MARGIN.bottom - (value / ticks.at(-1)) * (HEIGHT - MARGIN.top - MARGIN.bottom);
    const cursor = svg('g', { class: 'chart-cursor' });
    const mark = (index) => {
      marked = Math.min(labels.length - 1, Math.max(0, index));
      fill(
        cursor,
        svg('line', { x1: x(marked), x2: x(marked), y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom }),
        series.map(
          ({ values }, which) =>
            values[marked] !== null &&
            svg('circle', { class: `series-${which}`, cx: x(marked), cy: y(values[marked]), r: 4 }),
        ),
      );
      readout.textContent = `${formatLabel(labels[marked])}: ${series.map(({ name, values }) => `${name} ${format(values[marked])}`).join(', ')}`;
    };
    const picture = svg(
      'svg',
      {
        class: 'chart',
        width,
        height: HEIGHT,
        viewBox: `0 0 ${width} ${HEIGHT}`,
        role: 'img',
        tabindex: '0',
        'aria-label': `${title}. ${series.map(({ name }) => name).join(' and ')} from ${formatLabel(labels[0])} to ${formatLabel(labels.at(-1))}. Arrow keys read out a day.`,
        onpointermove: (event) => {
          const { left } = picture.getBoundingClientRect();
          mark(
            Math.round(
              ((event.clientX - left - MARGIN.left) / (width - MARGIN.left - MARGIN.right)) * (labels.length - 1),
            ),
          );
        },
        onkeydown: (event) => {
          const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
          if (step === undefined) return;
          event.preventDefault();
          mark((marked ?? labels.length - 1) + step);
        },
      },
      svg(
        'g',
        { class: 'chart-grid' },
        ticks.map((tick) => [
          svg('line', { x1: MARGIN.left, x2: width - MARGIN.right, y1: y(tick), y2: y(tick) }),
          svg('text', { x: MARGIN.left - 8, y: y(tick) + 4, 'text-anchor': 'end' }, formatTick(tick)),
        ]),
      ),
      dayMarks(labels.length, width).map((index, order, all) =>
        svg(
          'text',
          {
            x: x(index),
            y: HEIGHT - 6,
            'text-anchor': order === 0 ? 'start' : order === all.length - 1 ? 'end' : 'middle',
          },
          formatLabel(labels[index]),
        ),
      ),
      series.map(({ values }, which) => svg('path', { class: `series-${which}`, d: pathOf(values, x, y) })),
      cursor,
    );
    frame.replaceChildren(picture);
    mark(marked ?? labels.length - 1);
  };

  let drawnWidth = 0;
  new ResizeObserver(() => {
    if (frame.clientWidth === drawnWidth || frame.clientWidth === 0) return;
    drawnWidth = frame.clientWidth;
    draw();
  }).observe(frame);
  return h(
    'figure',
    { class: 'chart-box' },
    h(
      'figcaption',
      null,
      h('span', { class: 'chart-title' }, title),
      h(
        'span',
        { class: 'legend' },
        series.map(({ name }, which) => h('span', { class: `legend-item series-${which}` }, name)),
      ),
    ),
    frame,
    readout,
  );
}

function pathOf(values, x, y) {
  let isDown = false;
  return values
    .map((value, index) => {
      if (value === null) {
        isDown = false;
        return '';
      }
      const command = `${isDown ? 'L' : 'M'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
      isDown = true;
      return command;
    })
    .join('');
}

/** Which days get a label below: first, last, and some between where there is room. */
function dayMarks(count, width) {
  const fits = Math.max(2, Math.min(count, Math.floor((width - MARGIN.left) / 130)));
  if (count < 2) return [0];
  return [...new Set(Array.from({ length: fits }, (_, index) => Math.round((index / (fits - 1)) * (count - 1))))];
}
