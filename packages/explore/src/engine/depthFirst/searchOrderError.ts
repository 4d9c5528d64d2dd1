/** Thrown where a model cannot be searched depth first as it was asked for. */
export class SearchOrderError extends TypeError {
  readonly code = 'NO_DEPTH_FIRST';
  readonly model: string;
  constructor(model: string, why: string) {
    super(
      `Cannot explore '${model}' depth first without numbering its parts as ${why}; number them, or go breadth first`,
    );
    this.name = 'SearchOrderError';
    this.model = model;
  }
}
