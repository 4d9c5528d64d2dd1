/** Columns that grow while a history is read: amortised constant-time push, one contiguous typed array in the end. */

const FIRST_CAPACITY = 1024;

/** Signed 32-bit integers. */
export class Int32Column {
  data: Int32Array = new Int32Array(FIRST_CAPACITY);
  length = 0;

  push(value: number): void {
    if (this.length === this.data.length) {
      const wider = new Int32Array(this.length * 2);
      wider.set(this.data);
      this.data = wider;
    }
    this.data[this.length++] = value;
  }

  /** The values so far; shares memory with the column. */
  values(): Int32Array {
    return this.data.subarray(0, this.length);
  }
}

/** Double-precision numbers: times. */
export class Float64Column {
  data: Float64Array = new Float64Array(FIRST_CAPACITY);
  length = 0;

  push(value: number): void {
    if (this.length === this.data.length) {
      const wider = new Float64Array(this.length * 2);
      wider.set(this.data);
      this.data = wider;
    }
    this.data[this.length++] = value;
  }

  values(): Float64Array {
    return this.data.subarray(0, this.length);
  }
}
