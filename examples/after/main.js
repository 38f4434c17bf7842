/**
 * An ordinary Backbone app with jQuery: it lists visits and adds new ones.
 */
import Backbone from 'backbone';
import { $ } from 'jquery';
import { startOutpost } from 'outpost/sync';

const Visit = Backbone.Model.extend({
  // The server gives a new visit its real id.
  parse: ({ ServerId, ...attributes }) => (ServerId ? { id: ServerId } : attributes),
});

const Visits = Backbone.Collection.extend({ model: Visit, url: '/api/v1/responses' });
const Questionnaires = Backbone.Collection.extend({ url: '/api/v1/questionnaires' });

const VisitView = Backbone.View.extend({
  tagName: 'li',

  initialize() {
    this.listenTo(this.model, 'change', this.render);
    this.listenTo(this.model, 'remove', this.remove);
  },

  render() {
    this.$el.attr('data-id', this.model.id).text(this.model.get('answers').community);
    return this;
  },
});

const VisitsView = Backbone.View.extend({
  el: '#visits',
  events: { 'submit form': 'add' },

  initialize({ questionnaires }) {
    this.questionnaires = questionnaires;
    this.listenTo(this.collection, 'add', this.show);
    this.listenToOnce(questionnaires, 'update', () => this.$el.prop('hidden', false));
  },

  show(visit) {
    this.$('ul').append(new VisitView({ model: visit }).render().el);
  },

  add(event) {
    event.preventDefault();
    const questionnaire = this.questionnaires.findWhere({ title: 'Where are you?' });
    const now = new Date().toISOString();
    this.collection.create({
      id: crypto.randomUUID(),
      questionnaireId: questionnaire.id,
      questionnaireVersion: questionnaire.get('version'),
      answers: { community: this.$('[name=community]').val() },
      startedAt: now,
      endedAt: now,
    });
    event.target.reset();
  },
});

const SignInView = Backbone.View.extend({
  el: '#sign-in',
  events: { submit: 'signIn' },

  initialize() {
    this.$el.prop('hidden', false);
  },

  async signIn(event) {
    event.preventDefault();
    const data = JSON.stringify({ Email: this.$('[name=email]').val(), Password: this.$('[name=password]').val() });
    const session = await $.ajax({ url: '/api/v1/session', method: 'POST', contentType: 'application/json', data });
    localStorage.setItem('account', session.Account.Id);
    this.remove();
    showVisits();
  },
});

function showVisits() {
  const visits = new Visits();
  const questionnaires = new Questionnaires();
  const view = new VisitsView({ collection: visits, questionnaires });
  const collections = { responses: { collection: visits }, questionnaires: { collection: questionnaires } };
  void startOutpost({ account: localStorage.getItem('account'), collections });
  void navigator.serviceWorker.register('/worker.js');
  return view;
}

function start() {
  return localStorage.getItem('account') ? showVisits() : new SignInView();
}

start();
