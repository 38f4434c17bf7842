/* A page that knows nothing of Outpost: plain Backbone, a flag for what is not sent yet, and a loop that sends it. */
const Response = Backbone.Model.extend({ defaults: { synchronized: false } });

const Responses = Backbone.Collection.extend({
  model: Response,
  url: '/api/v1/responses',
  localStorage: new Backbone.LocalStorage('article'),
});

const responses = new Responses();

function show() {
  const rows = responses.map((response) => $('<li>').text(response.id));
  $('#list').empty().append(rows);
}

responses.on('add change:id', show);

/** Sends every model that is not synchronized; resolves when each has its real id. */
function push() {
  const unsent = responses.filter((response) => !response.get('synchronized'));
  return Promise.all(unsent.map(pushOne));
}

function pushOne(response) {
  return serverUpdate(response).then(({ ClientId, ServerId }) => {
    const known = responses.get(ClientId);
    if (ClientId !== ServerId) responses.localStorage.destroy(known);
    known.save({ id: ServerId, synchronized: true });
  });
}

function serverUpdate(response) {
  return new Promise((resolve, reject) => {
    Backbone.serverSync('update', response, {
      success: resolve,
      error: (answer) => reject(new Error(`${answer.status} ${answer.responseText}`)),
    });
  });
}

window.article = { responses, push };
