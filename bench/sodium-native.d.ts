// The package has no types; these are the two functions that are used.
declare module 'sodium-native' {
  const sodium: import('@bonafide/core/node').SodiumNative;
  export default sodium;
}
