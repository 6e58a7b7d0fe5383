// SPDX-License-Identifier: MIT
// A bot written with discord.js. It knows nothing of the mock but where its REST API is; what it sees it prints as
// lines of JSON for the runner.
import {
  ActionRowBuilder, ApplicationCommandOptionType, ButtonBuilder, ButtonStyle, Client, Events, GatewayIntentBits,
  MessageFlags, ModalBuilder, TextInputBuilder, TextInputStyle,
} from 'discord.js';

const tell = (event, details = {}) => console.log(JSON.stringify({ event, ...details }));

const client = new Client({
  intents: [
    GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.MessageContent,
    GatewayIntentBits.GuildMessageReactions,
  ],
  rest: { api: process.env.MOCK_API, version: '10' },
});

client.on('raw', (packet) => tell('raw', { t: packet.t }));
client.on(Events.Error, (error) => tell('error', { text: String(error) }));

client.once(Events.ClientReady, async (ready) => {
  await ready.application.commands.set([
    { name: 'ping', description: 'Answers pong' },
    {
      name: 'roll', description: 'Rolls a die',
      options: [{ type: ApplicationCommandOptionType.Integer, name: 'sides', description: 'How many', required: true, min_value: 2 }],
    },
    { name: 'later', description: 'Answers later' },
    { name: 'form', description: 'Opens a form' },
  ]);
  const guild = ready.guilds.cache.first();
  tell('ready', {
    user: ready.user.username, guild: guild.name, channels: guild.channels.cache.map((c) => c.name),
    members: guild.memberCount,
  });
});

client.on(Events.MessageCreate, async (message) => {
  if (message.author.bot) return;
  tell('message', { content: message.content, author: message.author.username, member: message.member !== null });
  if (message.content === '!ping') await message.reply('pong');
  if (message.content === '!file')
    await message.channel.send({ content: 'look', files: [{ attachment: Buffer.from('miau'), name: 'cat.txt' }] });
  if (message.content === '!button') {
    const button = new ButtonBuilder().setCustomId('go').setLabel('Go').setStyle(ButtonStyle.Primary);
    await message.channel.send({ content: 'press', components: [new ActionRowBuilder().addComponents(button)] });
  }
  if (message.content === '!edit') {
    const sent = await message.channel.send('before');
    await sent.react('🔥');
    await sent.edit('after');
    const listed = await message.channel.messages.fetch({ limit: 5 });
    tell('fetched', { newest: listed.first().content });
    await message.channel.sendTyping();
    await message.delete().catch((error) => tell('refused', { code: error.code }));
  }
});

client.on(Events.InteractionCreate, async (interaction) => {
  tell('interaction', { type: interaction.type, by: interaction.user.username });
  if (interaction.isButton()) return interaction.update({ content: 'pressed', components: [] });
  if (interaction.isModalSubmit())
    return interaction.reply({ content: `hello ${interaction.fields.getTextInputValue('name')}`, flags: MessageFlags.Ephemeral });
  if (!interaction.isChatInputCommand()) return undefined;
  if (interaction.commandName === 'ping') {
    const { resource } = await interaction.reply({ content: 'pong by command', withResponse: true });
    tell('answered', { content: resource.message.content });
    return undefined;
  }
  if (interaction.commandName === 'roll') return interaction.reply(`one of ${interaction.options.getInteger('sides')}`);
  if (interaction.commandName === 'form') {
    const input = new TextInputBuilder().setCustomId('name').setLabel('Name').setStyle(TextInputStyle.Short);
    return interaction.showModal(
      new ModalBuilder().setCustomId('form').setTitle('Form').addComponents(new ActionRowBuilder().addComponents(input)));
  }
  await interaction.deferReply();
  await interaction.editReply('late answer');
  return interaction.followUp({ content: 'and more', flags: MessageFlags.Ephemeral });
});

process.on('SIGTERM', async () => {
  await client.destroy();
  process.exit(0);
});

await client.login(process.env.MOCK_TOKEN);
