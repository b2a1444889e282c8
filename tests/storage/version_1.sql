CREATE TABLE meta (
	"key" VARCHAR(40) NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE TABLE runs (
	id VARCHAR(32) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	created_at DOUBLE NOT NULL, 
	started_at DOUBLE, 
	ended_at DOUBLE, 
	error TEXT, 
	estimated_seconds DOUBLE, 
	epoch INTEGER NOT NULL, 
	sequence INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	compacted BOOLEAN NOT NULL, 
	token INTEGER NOT NULL, 
	lease_until DOUBLE, 
	host VARCHAR(200), 
	pid INTEGER, 
	process_started DOUBLE, 
	PRIMARY KEY (id)
);
CREATE INDEX runs_by_state ON runs (state, created_at);
CREATE INDEX runs_by_time ON runs (created_at);
CREATE TABLE documents (
	run_id VARCHAR(32) NOT NULL, 
	spec TEXT NOT NULL, 
	fairness TEXT, 
	PRIMARY KEY (run_id)
);
CREATE TABLE live (
	run_id VARCHAR(32) NOT NULL, 
	progress TEXT NOT NULL, 
	tail BLOB, 
	PRIMARY KEY (run_id)
);
CREATE TABLE messages (
	run_id VARCHAR(32) NOT NULL, 
	epoch INTEGER NOT NULL, 
	sequence INTEGER NOT NULL, 
	kind VARCHAR(8) NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (run_id, epoch, sequence)
);
CREATE TABLE purges (
	run_id VARCHAR(32) NOT NULL, 
	epoch INTEGER NOT NULL, 
	PRIMARY KEY (run_id, epoch)
);
CREATE TABLE commands (
	number INTEGER NOT NULL, 
	id VARCHAR(32) NOT NULL, 
	run_id VARCHAR(32) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	created_at DOUBLE NOT NULL, 
	answered BOOLEAN NOT NULL, 
	PRIMARY KEY (number), 
	UNIQUE (id)
);
CREATE INDEX commands_by_run ON commands (run_id, answered);
