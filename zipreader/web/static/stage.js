// The envelope: zoomed, turned and moved within its frame.

const MOST = 12, STEP = 60;

export class Stage {
  constructor(frame) {
    this.frame = frame;
    this.sheet = document.createElement("div");
    this.sheet.className = "sheet";
    this.mark = document.createElement("div");
    this.mark.className = "mark";
    frame.append(this.sheet);
    this.size = null;
    this.#reset();
    frame.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15);
    }, { passive: false });
    frame.addEventListener("pointerdown", (event) => {
      frame.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    frame.addEventListener("pointermove", (event) => {
      if (frame.hasPointerCapture(event.pointerId)) {
        this.x += event.movementX;
        this.y += event.movementY;
        this.#draw();
      }
    });
    new ResizeObserver(() => this.#draw()).observe(frame);
  }

  clear() {
    this.sheet.replaceChildren();
    this.size = null;
  }

  show(image, size = null, focus = null) {
    if (image.parentElement !== this.sheet) {
      this.sheet.replaceChildren(image, this.mark);
      this.#reset();
    }
    if (size) this.size = size;
    this.focus = focus;
    this.mark.hidden = !focus || (focus[0] <= 0 && focus[2] >= 1);
    if (focus) {
      const [x0, y0, x1, y1] = focus.map((share) => `${100 * share}%`);
      Object.assign(this.mark.style, { left: x0, top: y0, right: `calc(100% - ${x1})`, bottom: `calc(100% - ${y1})` });
    }
    this.#draw();
  }

  zoom(factor) {
    const scale = Math.min(MOST, Math.max(1, this.scale * factor));
    this.x *= scale / this.scale;
    this.y *= scale / this.scale;
    this.scale = scale;
    if (scale === 1) this.x = this.y = 0;
    this.#draw();
  }

  turn() {
    this.quarters += 1;
    [this.x, this.y] = [-this.y, this.x];
    this.#draw();
  }

  move(dx, dy) {
    this.x += dx * STEP;
    this.y += dy * STEP;
    this.#draw();
  }

  // The whole envelope, or the part that matters as large as it fits.
  toggle() {
    if (this.scale > 1 || !this.focus || !this.size) {
      const quarters = this.quarters;
      this.#reset();
      this.quarters = quarters;
      return this.#draw();
    }
    const [x0, y0, x1, y1] = this.focus, [width, height] = this.#fitted();
    const aside = this.quarters % 2;
    const across = (x1 - x0) * width, down = (y1 - y0) * height;
    const room = [this.frame.clientWidth, this.frame.clientHeight];
    this.scale = Math.min(6, Math.max(1, 0.75 * Math.min(room[aside] / across, room[1 - aside] / down)));
    this.x = (0.5 - (x0 + x1) / 2) * width * this.scale;
    this.y = (0.5 - (y0 + y1) / 2) * height * this.scale;
    for (let turned = 0; turned < this.quarters % 4; turned += 1) [this.x, this.y] = [-this.y, this.x];
    this.#draw();
  }

  #reset() {
    Object.assign(this, { scale: 1, quarters: 0, x: 0, y: 0 });
  }

  #fitted() {
    const room = [this.frame.clientWidth, this.frame.clientHeight], aside = this.quarters % 2;
    const scale = Math.min(room[aside] / this.size[0], room[1 - aside] / this.size[1]);
    return [this.size[0] * scale, this.size[1] * scale];
  }

  #draw() {
    if (!this.size) return;
    const [width, height] = this.#fitted();
    this.mark.style.setProperty("--pixel", `${1 / this.scale}px`);
    Object.assign(this.sheet.style, {
      width: `${width}px`,
      height: `${height}px`,
      transform: `translate(-50%, -50%) translate(${this.x}px, ${this.y}px) rotate(${90 * this.quarters}deg) scale(${this.scale})`,
    });
  }
}
