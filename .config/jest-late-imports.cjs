// For a CommonJS package that imports modules of Node late: Jest runs no import() without its experimental modules.
module.exports = {
  process: (source) => ({ code: source.replaceAll(/\bimport\(("[a-z:]+")\)/g, 'Promise.resolve(require($1))') }),
};
