console.log('Ready. Try: npm run demo');
