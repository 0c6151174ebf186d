export { matches } from './model';
export { Table, type Column } from './table';
