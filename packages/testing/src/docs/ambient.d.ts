// What the snippets of the documentation leave to the reader.
declare const sendEmail: import('@langchain/core/tools').StructuredToolInterface;
declare const address: `0x${string}`;
