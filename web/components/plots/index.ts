export { Plots, type PlotsProps } from './plots';
