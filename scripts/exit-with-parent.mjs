// Loaded into child processes: when the IPC channel to the parent closes, the parent is gone and so should we be.
process.on('disconnect', () => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.exit(1), 30_000).unref();
});
