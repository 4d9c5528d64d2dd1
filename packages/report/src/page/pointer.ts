/// <reference lib="dom" />

/** Follows a pointer; a movement of under five pixels is a click. */
export function followPointer(
  canvas: HTMLElement,
  start: PointerEvent,
  move: (event: PointerEvent) => void,
  click: () => void,
): void {
  let dragging = false;
  const stop = new AbortController();
  const { signal } = stop;
  window.addEventListener(
    'pointermove',
    (event) => {
      if (!dragging && Math.abs(event.clientX - start.clientX) < 5) return;
      dragging = true;
      canvas.classList.add('dragging');
      move(event);
    },
    { signal },
  );
  const end = (): void => {
    stop.abort();
    canvas.classList.remove('dragging');
    if (!dragging) click();
  };
  window.addEventListener('pointerup', end, { signal });
  window.addEventListener('pointercancel', end, { signal });
}
