export * from './answer.ts';
export * from './batch.ts';
export * from './http.ts';
export * from './ids.ts';
export * from './messages.ts';
export * from './pull.ts';
export * from './push.ts';
export * from './session.ts';
