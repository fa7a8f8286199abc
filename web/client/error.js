/** What went wrong, with a stable `code` beside the words: the server's own codes or one of ours. */
export class ParleyError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = 'ParleyError';
    this.code = code;
  }
}
