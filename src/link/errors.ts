/** Why a link could not be opened, or what became of it; the message says what to do about it. */
export class LinkError extends Error {
  override readonly name = 'LinkError';

  /** @param code the kernel's name for it where the kernel refused (`EPERM`, `EBUSY`, …), else one in that style */
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
