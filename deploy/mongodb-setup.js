// Makes a MongoDB server a replica set of one with two users, `root` and `ohms`. Everything that is there is left as it is, but
// the password and the rights of `ohms`, which are set anew each time. Run by mongosh on the server's own loopback address.

const MEMBER = { _id: 0, host: 'mongodb:27017' };
const UNAUTHORIZED = 13;
const AUTHENTICATION_FAILED = 18;
const ALREADY_INITIALIZED = 23;

const admin = db.getSiblingDB('admin');

function signIn() {
  try {
    admin.auth('root', process.env.MONGODB_ROOT_PASSWORD);
    return true;
  } catch (error) {
    if (error.code !== AUTHENTICATION_FAILED) throw error;
    return false; // on the first run there is no root yet
  }
}

function makeReplicaSet() {
  try {
    rs.initiate({ _id: 'rs0', members: [MEMBER] });
    print('replica set rs0 made');
  } catch (error) {
    if (error.code === UNAUTHORIZED) throw new Error('MONGODB_ROOT_PASSWORD is not the one of the first run.');
    if (error.code !== ALREADY_INITIALIZED) throw error;
  }
}

function waitUntilWritable() {
  const deadline = Date.now() + 60_000;
  while (!db.hello().isWritablePrimary) {
    if (Date.now() > deadline) throw new Error('The replica set has no primary after a minute.');
    sleep(200);
  }
}

const known = signIn();
if (!known) makeReplicaSet();
waitUntilWritable();
if (!known) {
  admin.createUser({ user: 'root', pwd: process.env.MONGODB_ROOT_PASSWORD, roles: ['root'] });
  if (!signIn()) throw new Error('The new user root cannot sign in.');
  print('user root made');
}
const ohms = { pwd: process.env.MONGODB_PASSWORD, roles: [{ role: 'readWrite', db: 'ohms' }] };
if (admin.getUser('ohms')) {
  admin.updateUser('ohms', ohms);
} else {
  admin.createUser({ user: 'ohms', ...ohms });
  print('user ohms made');
}
print('ready');
