"""The backward kernel, with gaps for what depends on the network.

Back-propagation through time, in full: {step} runs the network forward and {keep}
keeps every unit's output and slope at every step; {back} goes back one step. See
`gfsearch.fitness.cpu.backward_source`, which fills the gaps.
"""

BACKWARD = '''
from gfsearch.fitness.cpu.calling import BACKWARD
from gfsearch.fitness.cpu.score import slope_of_loss

{slopes}

@jit(BACKWARD)
def backward(
    weights, shown, lanes_are_candidates, inputs, first_target, target_step,
    packed, first_event, event_step, event_lane, event_target, lane_sequence,
    target, graded, ranges, outputs, gradients,
):
    """Fill outputs (P, M, O) and gradients (P, D), the sums over what is shown.

    Arguments as those of `forward`; lane_sequence tells for each lane of each block
    which sequence it holds, or -1. Gradients are those of the squared errors, or if
    graded of the cross-entropies, added up over the targets.

    The gradient of each sequence is summed over time by itself, then these are added
    in the order of the sequences: so both layouts give the same bits.
    """
    candidates = weights.shape[0]
    c = constants()
    steps, lines = inputs.shape[1], inputs.shape[2]
    sequences = first_target.shape[0] - 1
    frame = stack_frame()
    w = aligned({dimension} * {lanes}, frame, {width}, F)
    # What a block of sequences adds to the gradient; and the whole gradient, of
    # each lane if lanes are candidates, else of each sequence.
    d = aligned({dimension} * {lanes}, frame, {width}, F)
    rows_of_whole = {lanes} if lanes_are_candidates else max({lanes}, sequences)
    whole = aligned({dimension} * rows_of_whole, frame, {width}, F)
    # Outputs and slopes of all units, after the silence before the first step.
    h = aligned({row} * (steps + {memory}), frame, {width}, F)
    h[: {row} * {memory}] = ZERO
{starts}
    # The slope of the loss by the outputs; 0 where there is no target.
    e = aligned(steps * {outputs} * {lanes}, frame, {width}, F)
    e[:] = ZERO
    x = packed.reshape(-1)
    if lanes_are_candidates:
        x = aligned(steps * lines * {width}, frame, {width}, F)
    rows = (candidates + {lanes} - 1) // {lanes} if lanes_are_candidates else candidates
    for i in range(rows):
        live = set_weights(weights, i, lanes_are_candidates, w)
        whole[:] = ZERO
        column = 0
        for item in shown:
            if lanes_are_candidates:
                first, last = first_target[item], first_target[item + 1]
                end = target_step[last - 1]
                spread(inputs[item], end + 1, x, {width}, F)
                size = 0
                block = 0
            else:
                first, last = first_event[item], first_event[item + 1]
                end = event_step[last - 1]
                size = packed.shape[1]
                block = {groups} * item
{begin}
            for t in range(end + 1):
                at = {width} * lines * t
                now = {row} * (t + {memory})
{step}
{keep}
            for m in range(first, last):
                step = target_step[m] if lanes_are_candidates else event_step[m]
                number = m if lanes_are_candidates else event_target[m]
                for o in range({outputs}):
                    seen = {row} * (step + {memory}) + {lanes} * ({first_output} + o)
                    error = {lanes} * ({outputs} * step + o)
                    if not lanes_are_candidates:
                        l = event_lane[m]
                        y = h[seen + l]
                        outputs[i, number, o] = y
                        e[error + l] = slope_of_loss(
                            y, target[number, o], graded, ranges[o, 0], ranges[o, 1]
                        )
                        continue
                    for l in range({lanes}):
                        y = h[seen + l]
                        e[error + l] = slope_of_loss(
                            y, target[number, o], graded, ranges[o, 0], ranges[o, 1]
                        )
                        if l < live:
                            outputs[{lanes} * i + l, column, o] = y
                column += 1
            d[:] = ZERO
{no_error}
            for t in range(end, -1, -1):
                at = {width} * lines * t
                now = {row} * (t + {memory})
{back}
            for m in range(first, last):
                step = target_step[m] if lanes_are_candidates else event_step[m]
                at = {lanes} * {outputs} * step
                e[at : at + {lanes} * {outputs}] = ZERO
            if lanes_are_candidates:
                for k in range({dimension} * {lanes}):
                    whole[k] += d[k]
                continue
            for l in range({lanes}):
                s = lane_sequence[{lanes} * item + l]
                if s >= 0:
                    for k in range({dimension}):
                        whole[{dimension} * s + k] = d[{lanes} * k + l]
        for k in range({dimension}):
            if lanes_are_candidates:
                for l in range(live):
                    gradients[{lanes} * i + l, k] = whole[{lanes} * k + l] * SCALE[k]
            else:
                total = ZERO
                for s in range(sequences):
                    total += whole[{dimension} * s + k]
                gradients[i, k] = total * SCALE[k]
'''
