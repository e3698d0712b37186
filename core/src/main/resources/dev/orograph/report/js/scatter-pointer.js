/*
 * What the pointer, the wheel, fingers and the keys do to the view of a scatter.
 */

/**
 * Moves a view as the reader wishes: dragging moves, the wheel zooms once the map is chosen (so that
 * it does not catch who scrolls past; the hint says so), with Shift or view.selecting a drag draws
 * about what is to be selected, and everything the pointer does the keyboard does too (s selects what
 * is in view).
 */
export function moveWith(view, canvas, hint) {
  const spot = (e) => {
    const area = canvas.getBoundingClientRect();
    return [e.clientX - area.left, e.clientY - area.top];
  };
  const fingers = new Map();
  let moved = 0;
  canvas.addEventListener('pointerdown', (e) => {
    fingers.set(e.pointerId, spot(e));
    moved = 0;
    view.drag = (e.shiftKey || view.selecting) && fingers.size === 1 ? [spot(e)] : null;
    canvas.setPointerCapture(e.pointerId);
  });
  canvas.addEventListener('pointermove', (e) => {
    const now = spot(e);
    const before = fingers.get(e.pointerId);
    if (!before) {
      const i = view.nearest(...now);
      if (i !== view.under) {
        view.under = i;
        view.again();
      }
      return;
    }
    if (view.drag) {
      const last = view.drag[view.drag.length - 1];
      if (Math.hypot(now[0] - last[0], now[1] - last[1]) > 4) {
        moved += 4;
        view.drag.push(now);
        view.again();
      }
    } else if (fingers.size === 1) {
      moved += Math.abs(now[0] - before[0]) + Math.abs(now[1] - before[1]);
      view.moveBy(now[0] - before[0], now[1] - before[1]);
    } else if (fingers.size === 2) {
      const other = [...fingers].find(([id]) => id !== e.pointerId)[1];
      const gap = (a) => Math.hypot(a[0] - other[0], a[1] - other[1]) || 1;
      moved += 10;
      view.zoomBy(gap(now) / gap(before), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    }
    fingers.set(e.pointerId, now);
  });
  const lift = (e) => {
    if (view.drag && view.drag.length > 2) {
      const around = e.type === 'pointerup' ? view.drag : null;
      view.drag = null;
      if (around) view.select(around);
      moved = 10;
    }
    view.drag = null;
    if (e.type === 'pointerup' && fingers.has(e.pointerId) && moved < 4) {
      view.pinned = view.nearest(...spot(e));
      view.under = -1;
      view.again();
    }
    fingers.delete(e.pointerId);
  };
  canvas.addEventListener('pointerup', lift);
  canvas.addEventListener('pointercancel', lift);
  canvas.addEventListener('pointerleave', () => {
    if (view.under >= 0) {
      view.under = -1;
      view.again();
    }
  });
  canvas.addEventListener('dblclick', (e) => view.zoomBy(2, ...spot(e)));
  let hinting = 0;
  canvas.addEventListener('wheel', (e) => {
    if (document.activeElement === canvas || e.ctrlKey) {
      e.preventDefault();
      view.zoomBy(2 ** (-Math.max(-240, Math.min(240, e.deltaY * (e.deltaMode ? 30 : 1))) / 240), ...spot(e));
      return;
    }
    hint.hidden = false;
    clearTimeout(hinting);
    hinting = setTimeout(() => { hint.hidden = true; }, 1500);
  }, { passive: false });
  canvas.addEventListener('keydown', (e) => {
    const act = {
      ArrowLeft: () => view.moveBy(60, 0), ArrowRight: () => view.moveBy(-60, 0), ArrowUp: () => view.moveBy(0, 60), ArrowDown: () => view.moveBy(0, -60),
      '+': () => view.zoomBy(1.5, ...view.middle()), '=': () => view.zoomBy(1.5, ...view.middle()), '-': () => view.zoomBy(1 / 1.5, ...view.middle()), 0: view.reset,
      s: () => {
        const { w, h } = view.size;
        view.select([[0, 0], [w, 0], [w, h], [0, h]]);
      },
      Escape: () => {
        view.pinned = -1;
        view.select(null);
        view.again();
        canvas.blur();
      },
    }[e.key];
    if (act && view.size && !e.ctrlKey && !e.metaKey && !e.altKey) {
      e.preventDefault();
      act();
    }
  });
}
