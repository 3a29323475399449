export {
  AppError,
  type AppErrorDetails,
  type ErrorKind,
  type FieldError,
  conflict,
  forbidden,
  invalid,
  invalidFields,
  limited,
  notFound,
  unauthenticated,
  unavailable,
} from './app-error.js';
