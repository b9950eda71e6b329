// Branded types: a plain string or number that was checked once, here in model/, and cannot be mixed up afterwards.

declare const brand: unique symbol;

export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
