/** An answer of the Docker API that is not a success: HTTP status and the message Docker puts in its JSON body. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

export const notFound = (what: string): ApiError => new ApiError(404, what);
export const conflict = (message: string): ApiError => new ApiError(409, message);
export const badRequest = (message: string): ApiError => new ApiError(400, message);

/** Start of a running or stop of a stopped container: 304 with an empty body. */
export const notModified = (): ApiError => new ApiError(304, '');
