// Minimises a smooth function of many variables: L-BFGS (Liu & Nocedal 1989), the optimiser that scikit-learn's logistic
// regression uses, which MTEB's classification protocol rests on.

export interface Minimisation {
  /** Writes the gradient at `point` into `gradient`; returns the value. */
  readonly evaluate: (point: Float64Array, gradient: Float64Array) => number;
  readonly iterationsMax: number;
  /** Done when no component of the gradient is larger. */
  readonly gradientTolerance: number;
}

/** One step taken and how it changed the gradient: what the curvature is estimated from. */
interface Step {
  readonly move: Float64Array;
  readonly gradientChange: Float64Array;
  /** 1 / (move · gradientChange); finite and above 0. */
  readonly scale: number;
}

/** Steps that are remembered, as in SciPy. */
const memoryMax = 10;
/** Halvings and doublings of one step before it is given up. */
const searchStepsMax = 40;
/** Nocedal & Wright 2006, section 3.1: sufficient decrease and curvature. */
const decreaseShare = 1e-4;
const curvatureShare = 0.9;

/** The point reached from `start`, which stays as it is. */
export function minimise(start: Float64Array, options: Minimisation): Float64Array {
  let point: Float64Array = start.slice();
  let gradient: Float64Array = new Float64Array(point.length);
  let value = options.evaluate(point, gradient);
  const memory: Step[] = [];
  for (let iteration = 0; iteration < options.iterationsMax; iteration++) {
    if (largest(gradient) <= options.gradientTolerance) break;
    const direction = descent(gradient, memory);
    // Without memory the gradient's length says nothing about the step's; one unit is as good a guess as any.
    const length = memory.length === 0 ? 1 / Math.max(1e-300, Math.sqrt(dot(gradient, gradient))) : 1;
    const next = searchLine({ point, gradient, value, direction, length }, options.evaluate);
    if (next === null) break;
    remember(memory, difference(next.point, point), difference(next.gradient, gradient));
    ({ point, gradient, value } = next);
  }
  return point;
}

/** The two-loop recursion: minus the estimated inverse Hessian times the gradient. */
function descent(gradient: Float64Array, memory: readonly Step[]): Float64Array {
  const direction = gradient.map((value) => -value);
  const shares: number[] = [];
  for (const { move, gradientChange, scale } of [...memory].reverse()) {
    const share = scale * dot(move, direction);
    shares.push(share);
    addTo(direction, gradientChange, -share);
  }
  const newest = memory.at(-1);
  if (newest !== undefined) {
    const factor = 1 / (newest.scale * dot(newest.gradientChange, newest.gradientChange));
    for (let i = 0; i < direction.length; i++) direction[i] = (direction[i] as number) * factor;
  }
  for (const { move, gradientChange, scale } of memory)
    addTo(direction, move, (shares.pop() ?? 0) - scale * dot(gradientChange, direction));
  return direction;
}

interface Line {
  readonly point: Float64Array;
  readonly gradient: Float64Array;
  readonly value: number;
  readonly direction: Float64Array;
  /** The first step tried, in multiples of the direction. */
  readonly length: number;
}

/** A step that meets the weak Wolfe conditions, by bisection (Lewis & Overton 2013); null when none is found. */
function searchLine(
  { point, gradient, value, direction, length }: Line,
  evaluate: Minimisation['evaluate'],
): Pick<Line, 'point' | 'gradient' | 'value'> | null {
  const slope = dot(gradient, direction);
  if (!(slope < 0)) return null;
  let [low, high, step] = [0, Number.POSITIVE_INFINITY, length];
  for (let tried = 0; tried < searchStepsMax; tried++) {
    const next = point.slice();
    addTo(next, direction, step);
    const nextGradient = new Float64Array(point.length);
    const nextValue = evaluate(next, nextGradient);
    if (!(nextValue <= value + decreaseShare * step * slope)) high = step;
    else if (dot(nextGradient, direction) < curvatureShare * slope) low = step;
    else return { point: next, gradient: nextGradient, value: nextValue };
    step = high === Number.POSITIVE_INFINITY ? 2 * low : (low + high) / 2;
  }
  return null;
}

function remember(memory: Step[], move: Float64Array, gradientChange: Float64Array): void {
  const product = dot(move, gradientChange);
  // Rounding near the minimum can make it 0; such a step would teach a wrong curvature.
  if (!(product > 1e-300)) return;
  memory.push({ move, gradientChange, scale: 1 / product });
  if (memory.length > memoryMax) memory.shift();
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += (left[i] as number) * (right[i] as number);
  return sum;
}

function addTo(target: Float64Array, other: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] as number) + factor * (other[i] as number);
}

function difference(left: Float64Array, right: Float64Array): Float64Array {
  return left.map((value, index) => value - (right[index] as number));
}

function largest(values: Float64Array): number {
  return values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
}
