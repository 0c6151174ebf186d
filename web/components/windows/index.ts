export { limitOf, type Limit } from './limit';
export { WindowPicture, type WindowPictureProps } from './window-picture';
