// Loaded before a program that is measured: tells who started it the most memory that it had resident, in MB.
process.on('exit', () => process.send?.({ memory: process.resourceUsage().maxRSS / 1024 }));
