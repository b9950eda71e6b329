// What the short way of spans throws at an export that it leaves to the long way.

/** The export has to be decoded into objects: it holds a secret, is refused, or is too odd to be quick. */
export class TakesLongWay extends Error {
  constructor() {
    super('this export takes the long way');
    this.name = 'TakesLongWay';
  }
}
